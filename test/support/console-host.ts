// The two hosts of the page, as a technician comes to them: the page that the agent serves, with
// the sign-in form; and the desktop (Electron's IPC doubled, page-double.ts), with a pairing.

import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { AgentProcess } from './agent-process.ts';
import { type DemoSite, pairingOf } from './demo-site.ts';
import { newPage, signIn } from './browser.ts';
import { type DesktopPage, openDesktopPage } from './page-double.ts';

export interface ConsoleHost {
  readonly name: string;
  /** How the site's agent listens. */
  readonly flags: readonly string[];
  /** Opens the page and comes as far as the views of the site. */
  enter(browser: Browser, site: EnteredSite): Promise<Page>;
  /** @returns the text of the file that `act` saves */
  saved(page: Page, act: () => Promise<void>): Promise<string>;
  /** @returns the text that `act` copies */
  copied(page: Page, act: () => Promise<void>): Promise<string>;
  /** @returns what writes are asked of the agent from now on: `PATCH /v2/…` */
  writes(page: Page): () => readonly string[];
  /** Loads the page anew, and comes back to where it was. */
  reload(page: Page): Promise<void>;
}

export type EnteredSite = Pick<DemoSite, 'url' | 'agent' | 'pairing'>;

const isWrite = (method: string): boolean => !['GET', 'HEAD'].includes(method);

/** To a view of the site that is open. */
export async function goTo(page: Page, place: string): Promise<void> {
  await page.evaluate((hash) => void (location.hash = hash), `#/${place}`);
}

/** The site of an agent that a test started itself. */
export function siteOf(agent: AgentProcess): EnteredSite {
  return { url: agent.url, agent: () => agent, pairing: () => pairingOf(agent.dataDir) };
}

const desktops = new WeakMap<Page, DesktopPage>();
const SITE = 'North exchange';

/** @returns what is new in a list of the desktop's after `act` */
async function newIn(
  list: (desktop: DesktopPage) => readonly string[],
  page: Page,
  act: () => Promise<void>,
): Promise<string> {
  const desktop = desktops.get(page);
  if (desktop === undefined) throw new Error('Not a page of the desktop');
  const before = list(desktop).length;
  await act();
  await expect.poll(() => list(desktop).length).toBe(before + 1);
  return list(desktop).at(-1) ?? '';
}

export const webHost: ConsoleHost = {
  name: 'the page that the agent serves',
  flags: [],
  enter: async (browser, site) => {
    const page = await newPage(browser);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await signIn(page, site.agent());
    return page;
  },
  saved: async (page, act) => {
    const download = page.waitForEvent('download');
    await act();
    return readFile(await (await download).path(), 'utf8');
  },
  copied: async (page, act) => {
    await act();
    await page.getByText('Copied').waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  },
  writes: (page) => {
    const writes: string[] = [];
    page.on('request', (request) => {
      const { pathname, search } = new URL(request.url());
      if (isWrite(request.method())) writes.push(`${request.method()} ${pathname}${search}`);
    });
    return () => writes;
  },
  reload: async (page) => {
    await page.reload();
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
  },
};

export const desktopHost: ConsoleHost = {
  name: 'the desktop',
  flags: ['--tls', 'always'],
  enter: async (browser, site) => {
    const desktop = await openDesktopPage({ browser });
    const { page } = desktop;
    desktops.set(page, desktop);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await pairSite(page, site, SITE);
    return page;
  },
  saved: (page, act) => newIn(({ saved }) => saved, page, act),
  copied: (page, act) => newIn(({ copied }) => copied, page, act),
  writes: (page) => {
    const sent = desktops.get(page)?.sent ?? [];
    const before = sent.length;
    return () => sent.slice(before).filter((line) => isWrite(line.split(' ', 1)[0] ?? ''));
  },
  reload: async (page) => {
    const { hash } = new URL(page.url());
    await page.reload();
    await page.getByRole('button', { name: SITE, exact: true }).click();
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    await page.evaluate((place) => void (location.hash = place), hash);
  },
};

/** As a person does it: compares the fingerprint, types the code. */
export async function pairSite(
  page: Page,
  site: Pick<DemoSite, 'url' | 'pairing'>,
  name: string,
): Promise<void> {
  const { code, fingerprint } = await site.pairing();
  const add = page.getByRole('button', { name: 'Add a site' });
  await page.getByLabel('Address').or(add).waitFor();
  if (await add.isVisible()) await add.click();
  await page.getByLabel('Address').fill(site.url);
  await page.getByRole('button', { name: 'Show its certificate' }).click();
  await page.getByText(fingerprint).waitFor();
  await page.getByLabel('Pairing code').fill(code);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: /pair/ }).click();
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
}
