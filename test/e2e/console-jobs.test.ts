// Bulk-number jobs as a technician runs them, in a real browser against a real agent, in both hosts
// of the page: brought by paste, by a dropped file and as a range, looked at before they are sent,
// started once whatever becomes of the reply, watched, held, ended, and tried again.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useChromium } from '../support/browser.ts';
import { desktopHost, type EnteredSite, webHost } from '../support/console-host.ts';
import { type DemoSite, startDemoSite } from '../support/demo-site.ts';
import { hasPeer } from '../support/peer.ts';
import { startRelay } from '../support/relay.ts';
import { tempDir } from '../support/temp-dir.ts';

const TYPED = ['+12125550104', '+12125550105', '12125550104', '+12125550104', 'no-number-1'];

describe.runIf(hasPeer('chromium'))('jobs in the console', () => {
  const browser = useChromium();

  for (const host of [webHost, desktopHost])
    it(`are brought, started once, watched and tried again in ${host.name}`, async () => {
      const site = await startDemoSite(host.flags);
      const { request, credentials } = site.agent();
      const base = `/v2/accounts/${credentials.account_id}`;
      // Somebody has one of the numbers already.
      const taken = `${base}/phone_numbers/%2B12125550105`;
      expect((await request('PUT', taken, {})).status).toBe(201);
      const relay = await startRelay(Number(new URL(site.url).port), host === desktopHost);
      const page = await host.enter(browser(), behind(site, relay.port));
      const rail = page.getByRole('navigation', { name: 'Views' });
      const head = page.locator('header.toolbar').first();
      const fact = (name: string, value: string): Promise<void> =>
        page.locator('dl.facts > div').filter({ hasText: name }).getByText(value).waitFor();

      // By paste: what is wrong is seen before anything is sent.
      await rail.getByRole('link', { name: 'Jobs' }).click();
      await page.getByRole('button', { name: 'New job' }).click();
      await page.getByLabel('Name').fill('Three ways');
      await page
        .getByLabel('Resource the numbers belong to')
        .selectOption({ label: 'SIP fall-back' });
      await page.evaluate((text) => navigator.clipboard.writeText(text), TYPED.join('\n'));
      const numbers = page.getByLabel('Numbers', { exact: true });
      await numbers.focus();
      await page.keyboard.press('Control+v');
      await page.getByText('5 numbers in all').waitFor();
      await page.getByRole('button', { name: 'Preview' }).click();
      const preview = page.getByRole('complementary', { name: 'What would happen' });
      for (const line of [
        '1 can be added',
        '1 spelt differently, the same number',
        '1 exist already',
        '1 are no telephone numbers',
        '1 repeated, skipped',
      ])
        await preview.getByText(line).waitFor();
      await preview.getByRole('row', { name: '12125550104 +12125550104', exact: true }).waitFor();
      await preview.getByRole('row', { name: 'no-number-1 ▲ no telephone number' }).waitFor();
      expect(await jobsOf(site)).toEqual([]);

      // By file: many stand as one line; what is no text is told; a miss leaves the page alone.
      const folder = await tempDir();
      const file = join(folder, 'block.csv');
      const rows = Array.from(
        { length: 3_000 },
        (_item, n) => `Desk ${String(n)},+1212557${four(n)}`,
      );
      await writeFile(file, `name,number\n${rows.join('\n')}\n`);
      const sheet = join(folder, 'block.xlsx');
      await writeFile(sheet, Buffer.from([80, 75, 3, 4, 0, 0, 1]));
      await drop(page, sheet, await centre(numbers));
      await page.getByText('block.xlsx is no text').waitFor();
      await drop(page, file, { x: 640, y: 70 });
      await drop(page, file, await centre(numbers));
      await page.getByText('3,000 numbers, +12125570000 to +12125572999').waitFor();
      await page.getByText('The numbers changed after the preview.').waitFor();

      // As a range; what was brought is there after the page was left.
      await page.getByLabel('Range from').fill('+12125560000');
      await page.getByLabel('to', { exact: true }).fill('+12125566999');
      await page.getByRole('button', { name: 'Add range' }).click();
      await page.getByText('10,005 numbers in all').waitFor();
      await host.reload(page);
      await page.getByText('10,005 numbers in all').waitFor();
      await page.getByRole('button', { name: 'Preview' }).click();
      await preview.getByText('10,001 can be added').waitFor();

      // The reply to the start gets lost with the agent. Started again it is one job.
      await site.slowJobs(true);
      relay.loseReplies(true);
      await page.getByRole('button', { name: 'Start job with 10,005 numbers' }).click();
      await expect
        .poll(async () => Number((await jobsOf(site))[0]?.['successes']))
        .toBeGreaterThan(0);
      await site.kill();
      await page.getByText('it is not known whether the job was made').waitFor();
      relay.loseReplies(false);
      await site.restart();
      await page.getByRole('contentinfo').getByText('Live').waitFor();
      await page.getByRole('button', { name: 'Start job with 10,005 numbers' }).click();
      await page.getByRole('heading', { name: 'Three ways' }).waitFor();
      await head.getByText('recovered').waitFor();
      expect(await jobsOf(site)).toMatchObject([{ name: 'Three ways', total: 10_005 }]);

      // Live: how far, how fast, how long; held and let go on.
      await page.getByText(/[\d,]+ numbers\/s, about .+ left/).waitFor();
      await head.getByRole('button', { name: 'Pause' }).click();
      await head.getByText('paused').waitFor();
      await page.getByText('numbers/s').waitFor({ state: 'detached' });
      const [held] = await jobsOf(site);
      expect(held).toMatchObject({ state_detail: 'paused' });
      await head.getByRole('button', { name: 'Resume' }).click();
      await head.getByText('running').waitFor();
      await site.slowJobs(false);
      await head.getByText('complete').waitFor();
      await fact('Added', '10,001');
      await fact('Failed', '3');
      await fact('Skipped', '1');

      // What became of each number, and as a file.
      const results = page.getByRole('grid', { name: 'Results' });
      const filter = page.getByRole('group', { name: 'Outcome' });
      await filter.getByRole('button', { name: 'failed' }).click();
      await expect
        .poll(async () => (await results.getByRole('row').allTextContents()).slice(1).sort())
        .toEqual([
          '+12125550105+12125550105▲ failednumber +12125550105 already exists',
          '12125550104+12125550104▲ failedthe same number as another one of the list, spelt differently',
          'no-number-1no-number-1▲ failedno telephone number',
        ]);
      await filter.getByRole('button', { name: 'skipped' }).click();
      await results.getByRole('row', { name: '+12125550104 +12125550104 skipped' }).waitFor();
      await filter.getByRole('button', { name: 'All' }).click();
      const csv = await host.saved(page, () =>
        head.getByRole('button', { name: 'Results as CSV' }).click(),
      );
      const lines = csv.split('\r\n');
      expect(lines).toHaveLength(10_005 + 2);
      expect(lines[0]).toBe('number,normalized,status,reason');
      expect(lines).toEqual(
        expect.arrayContaining([
          '+12125550104,+12125550104,success,',
          '+12125550104,+12125550104,skipped,',
          '12125550104,+12125550104,error,duplicate',
          '+12125550105,+12125550105,error,number_exists',
          '+12125572999,+12125572999,success,',
        ]),
      );

      // The number is given back; what failed because of it goes well now.
      expect((await request('DELETE', taken)).status).toBe(200);
      await head.getByRole('button', { name: 'Retry failed' }).click();
      await fact('Added', '10,002');
      await fact('Failed', '2');
      await head.getByText('complete').waitFor();

      // Ended in the middle: it stays so, and says so.
      await site.slowJobs(true);
      const cut = { name: 'Cut short', resource_id: held?.['resource_id'], numbers: block(10_000) };
      await request('PUT', `${base}/resources/jobs`, cut);
      await rail.getByRole('link', { name: 'Jobs' }).click();
      await page.getByRole('row', { name: /Cut short/ }).click();
      await head.getByRole('button', { name: 'Cancel job' }).click();
      const asked = page.getByRole('dialog', { name: 'Cancel this job?' });
      await asked.getByRole('button', { name: 'Keep it' }).click();
      await asked.waitFor({ state: 'detached' });
      await head.getByRole('button', { name: 'Cancel job' }).click();
      await asked.getByRole('button', { name: 'Cancel job' }).click();
      await head.getByText('cancelled').waitFor();
      expect(await head.getByRole('button').allTextContents()).toEqual(['Results as CSV']);
      await site.slowJobs(false);
      expect((await jobsOf(site)).map(({ state_detail: state }) => state)).toEqual([
        'cancelled',
        undefined,
      ]);
    }, 120_000);
});

const four = (n: number): string => String(n).padStart(4, '0');
const block = (length: number): readonly string[] =>
  Array.from({ length }, (_item, n) => `+1212558${four(n)}`);

/** The site as it is reached through the relay. */
function behind(site: DemoSite, port: number): EnteredSite {
  const url = new URL(site.url);
  url.port = String(port);
  return { ...site, url: url.origin, agent: () => ({ ...site.agent(), url: url.origin }) };
}

/** Newest first. */
async function jobsOf(site: DemoSite): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { request, credentials } = site.agent();
  const reply = await request('GET', `/v2/accounts/${credentials.account_id}/resources/jobs`);
  return reply.body['data'] as unknown as readonly Readonly<Record<string, unknown>>[];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

async function centre(target: ReturnType<Page['getByLabel']>): Promise<Point> {
  const box = await target.boundingBox();
  if (box === null) throw new Error('Nowhere to be seen');
  return { x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, 100) };
}

/** A file dragged from the desktop and let go there. */
async function drop(page: Page, file: string, { x, y }: Point): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [file], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x, y, data });
  await session.detach();
}
