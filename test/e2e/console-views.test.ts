// Every view of the console in a real browser: no rule of axe broken, in both themes; every
// view reached by the keyboard alone.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { VIEWS } from '../../renderer/views/view-list.ts';
import { startAgentProcess } from '../support/agent-process.ts';
import { signIn, useBrowser } from '../support/browser.ts';
import { hasPeer } from '../support/peer.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.runIf(hasPeer('chromium'))('the views of the console', () => {
  const newPage = useBrowser();

  it('break no rule of axe, in light and in dark, and report no error', async () => {
    const agent = await startAgentProcess({ flags: ['--demo'] });
    const page = await newPage();
    const failures: string[] = [];
    page.on('pageerror', (error) => failures.push(error.message));
    await signIn(page, agent);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const { id } of VIEWS) {
        await page.goto(`${agent.url}/#/${id}`);
        await page.locator('main h1').first().waitFor();
        // By the debugger, past the content security policy, which would refuse it.
        const violations = await page.evaluate<string>(
          `${AXE}; axe.run(document).then(({ violations }) => JSON.stringify(violations.map((v) => v.id + ' ' + v.nodes[0].html)))`,
        );
        for (const violation of JSON.parse(violations) as string[])
          failures.push(`${id} ${colorScheme}: ${violation}`);
      }
    }
    expect(failures).toEqual([]);
  });

  it('are each reached by keys alone', async () => {
    const agent = await startAgentProcess({ flags: ['--demo'] });
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
