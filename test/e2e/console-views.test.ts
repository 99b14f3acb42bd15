// Every view of the console in a real browser, with data in it, empty, and without an agent: no
// rule of axe broken in either theme, each reached by keys alone. With CRAFTPORT_SCREENSHOTS set
// to a folder, pictures of all of it are left there in two sizes and both themes.

import { describe, expect, it } from 'vitest';
import { VIEWS } from '../../renderer/views/view-list.ts';
import { startAgentProcess } from '../support/agent-process.ts';
import { loadAxe, violations } from '../support/axe.ts';
import { signIn, useBrowser } from '../support/browser.ts';
import { fillSite, placesOf } from '../support/console-places.ts';
import { startDemoSite } from '../support/demo-site.ts';
import { hasPeer } from '../support/peer.ts';
import { picture, THEMES } from '../support/pictures.ts';

describe.runIf(hasPeer('chromium'))('the views of the console', () => {
  const newPage = useBrowser();

  it('break no rule of axe with data in them, in light and in dark, and report no error', async () => {
    const site = await startDemoSite();
    const places = placesOf(await fillSite(site));
    const page = await newPage();
    const failures: string[] = [];
    page.on('pageerror', (error) => failures.push(error.message));
    await signIn(page, site.agent());
    await loadAxe(page);
    for (const { name, hash, open } of places) {
      await page.goto(`${site.url}/#/${hash}`);
      await page.locator('main h1').first().waitFor();
      await page.getByText('Loading', { exact: true }).waitFor({ state: 'detached' });
      await open?.(page);
      for (const theme of THEMES) {
        await page.emulateMedia({ colorScheme: theme });
        failures.push(...(await violations(page)).map((each) => `${name} ${theme}: ${each}`));
      }
      await picture(page, name);
      if ((await page.locator('dialog[open]').count()) > 0) await page.keyboard.press('Escape');
    }
    expect(failures).toEqual([]);
  }, 120_000);

  it('say what they are without data, and what fails, without losing the way back', async () => {
    const agent = await startAgentProcess({ flags: ['--no-announce'] });
    const page = await newPage();
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

  it('are each reached by keys alone', async () => {
    const agent = await startAgentProcess({ flags: ['--no-announce'] });
    const page = await newPage();
    await signIn(page, agent);
    for (const { key, title, id } of VIEWS) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.waitForURL(`**/#/${id}`);
      await page.locator(`main h1`, { hasText: title }).waitFor();
      // Views that begin with a field have the focus in it; keys are for the view again.
      await page.locator('#content').focus();
    }
    expect(await page.locator('[aria-current=page]').count()).toBe(1);
  });
});
