// A hundred sites in the desktop's page: three real agents, 97 that are out of reach. The page
// runs in Chromium over the real preload and main/core.

import { writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MOST_AT_ONCE } from '../../main/core/site-schedule.ts';
import { startAgentProcess } from '../support/agent-process.ts';
import { CHROMIUM, useChromium } from '../support/browser.ts';
import { pairingOf } from '../support/demo-site.ts';
import { fakeKeyring, pairWith, startOwnAgent } from '../support/desktop-harness.ts';
import { freePort } from '../support/free-port.ts';
import { openDesktopPage } from '../support/page-double.ts';
import { hasPeer } from '../support/peer.ts';
import { picture } from '../support/pictures.ts';
import { tempDir } from '../support/temp-dir.ts';

const TLS = ['--tls', 'always'];
const GROUPS = ['North', 'South', 'Islands'];
const rowOf = (page: Page, name: string): Locator =>
  page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) });

/** Takes connections and never says a word, as a machine behind a broken line does. */
async function startSilence(): Promise<{ port: number; most: () => number }> {
  const open = new Set<Socket>();
  let most = 0;
  const server = createServer((socket) => {
    open.add(socket);
    socket
      .resume()
      .on('error', () => open.delete(socket))
      .on('end', () => open.delete(socket))
      .on('close', () => open.delete(socket));
    // What was closed before this one was opened is heard of in the same turn, in any order.
    setImmediate(() => (most = Math.max(most, open.size)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, most: () => most };
}

describe.runIf(hasPeer(CHROMIUM))('a hundred sites', () => {
  const chromium = useChromium();

  it('stand at a glance; one that dies turns grey, counts down, and comes back', async () => {
    const silence = await startSilence();
    const folder = await tempDir();
    const safeStorage = fakeKeyring();
    const content = Array.from({ length: 97 }, (_, n) => ({
      id: `far-${String(n)}`,
      // Half as many again as are asked at once are silent, the others refuse.
      address: `https://127.0.0.1:${String(n < 12 ? silence.port : 1)}`,
      name: `Far ${String(n + 1)}`,
      group: GROUPS[n % 3],
      ...(n % 2 === 0 ? { colour: 'blue' } : {}),
      ...(n >= 90 || n === 6 ? { notes: 'Key at the tower' } : {}),
    }));
    await writeFile(join(folder, 'sites.json'), JSON.stringify({ version: 1, content }));
    const listen = `127.0.0.1:${String(await freePort())}`;
    const doomed = await startAgentProcess({ listen, flags: TLS });
    const [steady, third] = [await startOwnAgent(), await startOwnAgent()];
    const desktop = await openDesktopPage({
      browser: chromium(),
      desktop: { folder, safeStorage },
    });
    const { page } = desktop;
    const { code } = await pairingOf(doomed.dataDir);
    await pairWith(desktop, { url: doomed.url, issuePairingCode: () => code }, 'Harbour');
    await pairWith(desktop, steady, 'Mill');
    await pairWith(desktop, third, 'Quarry');

    // All hundred are known, and the three that answer are not held up by those that do not.
    const grid = page.getByRole('grid', { name: 'Sites' });
    for (const name of ['Harbour', 'Mill', 'Quarry'])
      await rowOf(page, name).getByText('▲ critical', { exact: true }).waitFor();
    expect(await grid.getAttribute('aria-rowcount')).toBe('101');
    expect(await page.getByRole('row').count()).toBeLessThan(60);
    await page.getByRole('button', { name: /(?:[89]\d) offline/ }).waitFor();
    expect(await rowOf(page, 'Mill').textContent()).toMatch(
      /▲ \d critical.*(?:now|\d+ s ago).*0\.1\.0/,
    );

    // Filter, group, level; sorted by name, as people count; by keys to the end.
    await page.getByRole('button', { name: /offline/ }).click();
    await page.getByLabel('Group').selectOption({ label: 'North (33)' });
    await page.getByLabel('Filter sites').fill('tower far');
    await page.getByRole('button', { name: /offline/ }).click();
    await grid.getByRole('button', { name: 'Name' }).click();
    await expect
      .poll(() => grid.getByText(/^Far \d+$/).allTextContents())
      .toEqual(['Far 7', 'Far 91', 'Far 94', 'Far 97']);
    await page.getByLabel('Filter sites').fill('');
    await page.getByLabel('Group').selectOption({ index: 0 });
    await grid.focus();
    await page.keyboard.press('End');
    await page.getByText('Quarry', { exact: true }).waitFor();
    await page.keyboard.press('Home');

    // One dies: grey, with what it said last and its age, the reason, and a countdown.
    await page.getByLabel('Filter sites').fill('Harbour');
    const row = rowOf(page, 'Harbour');
    await doomed.end('SIGKILL');
    await row.getByText('does not answer').waitFor();
    expect(await row.getAttribute('class')).toContain('muted');
    expect(await row.textContent()).toMatch(/offline.*▲ \d critical.*(?:now|\d+ s ago)/);
    const shown = new Set<string>();
    await expect
      .poll(async () => {
        const seconds = /again in (\d+) s/.exec((await row.textContent()) ?? '')?.[1];
        if (seconds !== undefined) shown.add(seconds);
        return shown.size;
      })
      .toBeGreaterThan(1);
    await startAgentProcess({ dataDir: doomed.dataDir, listen, flags: TLS });
    await row.getByRole('button', { name: 'Try now: Harbour' }).click();
    await row.getByText('▲ critical', { exact: true }).waitFor();
    expect(await row.getAttribute('class')).not.toContain('muted');

    // Details by keyboard: a group of its own, kept.
    await grid.focus();
    await page.keyboard.press('e');
    const dialog = page.getByRole('dialog', { name: 'Harbour' });
    await dialog.getByText('certificate pinned').waitFor();
    await dialog.getByLabel('Group').fill('Coast');
    await dialog.getByLabel('Colour').selectOption('red');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row.getByText('Coast').waitFor();
    await row.getByLabel('red').waitFor();

    await page.getByLabel('Filter sites').fill('');
    await picture(page, 'sites');

    // The budget held, and nothing went wrong unseen.
    expect(silence.most()).toBeLessThanOrEqual(MOST_AT_ONCE);
    expect(desktop.bugs).toEqual([]);
    expect(desktop.console.filter((line) => /error|refused/i.test(line))).toEqual([]);

    // A start without a network: what was last known, with its age, not as if it were now.
    await desktop.desktop.stop();
    await page.close();
    const later = await openDesktopPage({
      browser: chromium(),
      desktop: { folder, safeStorage, version: '0.0.9' },
    });
    await later.page
      .getByText('Version 0.1.0 is in use at a site; this desktop is 0.0.9.')
      .waitFor();
    await rowOf(later.page, 'Mill').getByText('0.1.0 ◆ newer').waitFor();
    await later.page.getByLabel('Filter sites').fill('Harbour');
    await rowOf(later.page, 'Harbour')
      .getByText(/\d+ (?:s|min) ago/)
      .waitFor();
  }, 90_000);

  it('tells loudly of a certificate that changed, and of sign-ins that nothing protects', async () => {
    const agent = await startOwnAgent();
    const desktop = await openDesktopPage({
      browser: chromium(),
      desktop: { safeStorage: fakeKeyring('basic_text'), version: '9.0.0' },
    });
    const { page } = desktop;
    await page.getByText('No sites yet').waitFor();
    await picture(page, 'sites-none');
    const site = await pairWith(desktop, agent, 'Pier');
    await page.getByText('This computer has no keyring').waitFor();
    await page.getByRole('button', { name: 'Write them all the same' }).click();
    await page.getByText('This computer has no keyring').waitFor({ state: 'detached' });
    const other = Array.from({ length: 32 }, () => 'AB').join(':');
    await desktop.done('sites.trust', { id: site.id, fingerprint: other });
    await page.getByText('Pier shows another certificate.').waitFor();
    await picture(page, 'sites-changed');
    await page.getByRole('alert').getByRole('button', { name: 'Details' }).click();
    const dialog = page.getByRole('dialog', { name: 'Pier' });
    await dialog.getByRole('button', { name: 'Show its certificate' }).click();
    await dialog
      .getByText(agent.fingerprint ?? '')
      .last()
      .waitFor();
    await dialog.getByRole('button', { name: 'Accept the new certificate' }).click();
    await rowOf(page, 'Pier').getByText('▲ critical', { exact: true }).waitFor();
    // An agent older than the desktop is called so, with what that means.
    await rowOf(page, 'Pier').getByText('older').waitFor();
    await page.getByRole('button', { name: 'Details of Pier' }).click();
    await dialog.getByText('The agent is older than this desktop.').waitFor();
    await picture(page, 'sites-details');
    await dialog.getByRole('button', { name: 'Forget this site' }).click();
    await dialog.getByRole('button', { name: 'Forget Pier' }).click();
    await page.getByText('No sites yet').waitFor();
  });
});
