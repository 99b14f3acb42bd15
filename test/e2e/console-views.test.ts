// Every view of the console in a real browser and in both hosts, with data in it, empty, and
// without an agent: no rule of axe broken, each reached by keys alone. With CRAFTPORT_SCREENSHOTS
// set to a folder, pictures of all of it are left there in two sizes and both themes.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { VIEWS } from '../../renderer/views/view-list.ts';
import { startAgentProcess } from '../support/agent-process.ts';
import { loadAxe, violations } from '../support/axe.ts';
import { newPage, signIn, useChromium } from '../support/browser.ts';
import { type ConsoleHost, desktopHost, webHost } from '../support/console-host.ts';
import { fillSite, placesOf } from '../support/console-places.ts';
import { startDemoSite } from '../support/demo-site.ts';
import { hasPeer } from '../support/peer.ts';
import { picture, THEMES } from '../support/pictures.ts';

/** Colours are the same in both hosts, so that one of them is looked at in both themes. */
const HOSTS: readonly (ConsoleHost & { readonly themes: readonly ('light' | 'dark')[] })[] = [
  { ...webHost, themes: THEMES },
  { ...desktopHost, themes: ['light'] },
];

describe.runIf(hasPeer('chromium'))('the views of the console', () => {
  const chromium = useChromium();

  it.each(HOSTS.map((host) => [host.name, host] as const))(
    'break no rule of axe and are each reached by keys alone in %s',
    async (host, { enter, flags, themes }) => {
      const site = await startDemoSite(flags);
      const places = placesOf(await fillSite(site));
      const page = await enter(chromium(), site);
      const failures: string[] = [];
      page.on('pageerror', (error) => failures.push(error.message));
      await loadAxe(page);
      const look = async (name: string): Promise<void> => {
        for (const [number, theme] of themes.entries()) {
          await page.emulateMedia({ colorScheme: theme });
          // Another theme is other colours, and nothing else.
          const broken = await violations(page, number === 0 ? 'all' : 'colours');
          failures.push(...broken.map((each) => `${name} ${theme}: ${each}`));
        }
      };
      for (const { name, hash, open } of places) {
        await goTo(page, hash);
        await open?.(page);
        await look(name);
        if (host === webHost.name) await picture(page, name);
        if ((await page.locator('dialog[open]').count()) > 0) await page.keyboard.press('Escape');
      }
      await page.locator('#content').focus();
      for (const { key, title, id } of VIEWS) {
        await page.keyboard.press('g');
        await page.keyboard.press(key);
        await page.waitForURL(`**/#/${id}`);
        await page.locator(`main h1`, { hasText: title }).waitFor();
        // Views that begin with a field have the focus in it; keys are for the view again.
        await page.locator('#content').focus();
      }
      expect(await page.locator('[aria-current=page]').count()).toBe(1);
      if (host === desktopHost.name) await lookAtSites(page, look);
      expect(failures).toEqual([]);
    },
    120_000,
  );

  it('say what they are without data, and what fails, without losing the way back', async () => {
    const agent = await startAgentProcess({ flags: ['--no-announce'] });
    const page = await newPage(chromium());
    const failures: string[] = [];
    page.on('pageerror', (error) => failures.push(error.message));
    await page.goto(agent.url);
    await page.getByLabel('Password').waitFor();
    await picture(page, 'sign-in');
    await signIn(page, agent);
    await loadAxe(page);
    for (const { id } of VIEWS) {
      await page.goto(`${agent.url}/#/${id}`);
      await page.locator('main h1').first().waitFor();
      await page.getByText('Loading', { exact: true }).waitFor({ state: 'detached' });
      failures.push(...(await violations(page)).map((each) => `${id} empty: ${each}`));
      await picture(page, `${id}-empty`);
    }
    // Readings fail; the page stands, says so, and can try again.
    await page.route(/\/v2\/(?!events|token_auth)/, (route) => route.abort());
    for (const { id } of VIEWS.filter((view) => view.id !== 'routes')) {
      await page.goto(`${agent.url}/#/${id}`);
      const problem = page.getByRole('alert').filter({ hasText: 'The agent does not answer' });
      await problem.first().waitFor();
      await problem.first().getByRole('button', { name: 'Retry now' }).waitFor();
      failures.push(...(await violations(page)).map((each) => `${id} failing: ${each}`));
      await picture(page, `${id}-failing`);
    }
    await page.unroute(/\/v2\/(?!events|token_auth)/);
    await page.getByRole('alert').getByRole('button', { name: 'Retry now' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    // Without an agent the last that is known stays, with its age and the next attempt.
    await page.goto(`${agent.url}/#/resources`);
    await page.getByText('No resources yet').waitFor();
    await agent.end('SIGKILL');
    await page.getByText(/Not connected, next attempt in \d+ s/).waitFor();
    await page.getByText('No resources yet').waitFor();
    await picture(page, 'offline');
    expect(failures).toEqual([]);
  }, 120_000);
});

/** As a link in the page does: the page is not loaded anew. */
async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate(async (next) => {
    location.hash = next;
    // The event comes, and is drawn.
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
  }, `/${hash}`);
  await page.locator('main h1').first().waitFor();
  await page.getByText('Loading', { exact: true }).waitFor({ state: 'detached' });
}

/** What only the desktop has. */
async function lookAtSites(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  await page.getByRole('button', { name: 'All sites' }).click();
  await page.getByRole('grid', { name: 'Sites' }).waitFor();
  await look('sites');
  for (const name of [/^Details of/, 'Add a site']) {
    await page.getByRole('button', { name }).click();
    await page.getByRole('dialog').waitFor();
    await look(`sites ${String(name)}`);
    await page.keyboard.press('Escape');
  }
}
