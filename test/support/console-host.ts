// The two hosts of the page, as a technician comes to them: the page that the agent serves, with
// the sign-in form; and the desktop (Electron's IPC doubled, page-double.ts), with a pairing.

import type { Browser, Page } from 'playwright-core';
import type { DemoSite } from './demo-site.ts';
import { newPage, signIn } from './browser.ts';
import { openDesktopPage } from './page-double.ts';

export interface ConsoleHost {
  readonly name: string;
  /** How the site's agent listens. */
  readonly flags: readonly string[];
  /** Opens the page and comes as far as the views of the site. */
  enter(browser: Browser, site: DemoSite): Promise<Page>;
}

export const webHost: ConsoleHost = {
  name: 'the page that the agent serves',
  flags: [],
  enter: async (browser, site) => {
    const page = await newPage(browser);
    await signIn(page, site.agent());
    return page;
  },
};

export const desktopHost: ConsoleHost = {
  name: 'the desktop',
  flags: ['--tls', 'always'],
  enter: async (browser, site) => {
    const { page } = await openDesktopPage({ browser });
    await pairSite(page, site, 'North exchange');
    return page;
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
