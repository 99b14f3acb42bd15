// Spans, alarms and gear in a real browser: one agent with the demo site, one page.

import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CHROMIUM, signIn, useBrowser } from '../support/browser.ts';
import { startDemoSite } from '../support/demo-site.ts';
import { hasPeer } from '../support/peer.ts';

describe.runIf(hasPeer(CHROMIUM))('gear in the console', () => {
  const newPage = useBrowser();

  it('shows the shelf, its alarms and the list of gear, and acts on them', async () => {
    const site = await startDemoSite();
    const agent = site.agent();
    const page = await newPage();
    await signIn(page, agent);
    await page.goto(`${agent.url}/#/spans`);
    const span = page.getByRole('article', { name: 'E1_A' });
    const slots = span.getByRole('listitem');

    // Every channel as a cell: state by colour, glyph and word; the D-channel is marked.
    await expect.poll(() => slots.count()).toBe(31);
    expect(await page.getByRole('article', { name: 'T1_A' }).getByRole('listitem').count()).toBe(
      24,
    );
    const d = span.getByRole('listitem', { name: /^Slot 16, channel 16: D-channel/ });
    expect(await d.textContent()).toBe('16D');
    await site.tell('quiet');
    const looks = async (): Promise<ReadonlySet<string>> =>
      new Set(
        await slots.evaluateAll((cells) =>
          cells.map((cell) => {
            const word = /: ([a-z -]+)/i.exec(cell.getAttribute('aria-label') ?? '')?.[1] ?? '';
            const { color, borderColor } = getComputedStyle(cell);
            return [word.trim(), cell.lastChild?.textContent, color, borderColor].join(' | ');
          }),
        ),
      );
    const byWord = new Map([...(await looks())].map((look) => [look.split(' | ')[0], look]));
    expect(byWord.get('idle')).toMatch(/^idle \| ·/);
    expect(
      new Set([...byWord.values()].map((look) => look.split(' | ').slice(1).join())).size,
    ).toBe(byWord.size);
    // What dials into it and from which end; the order of the gateway's own port; and what the
    // two ends of a cable disagree on.
    await span.getByText('Dialled by').waitFor();
    expect(await span.getByText('Dialled by').textContent()).toMatch(/(?:a ↑|A ↓)/);
    await page
      .getByRole('article', { name: 'T1 0/2/0' })
      .getByText(/[↑↓] (?:ascending|descending)/)
      .waitFor();
    const resource = span.getByRole('link').first();
    expect(await resource.getAttribute('href')).toMatch(/^#\/resources\/(?:account|global)\/\w+/);
    await span.getByText('Cabled to Demo IOS gateway, E1 1/1/0').waitFor();
    await span.getByText(/Both ends take channels in (?:ascending|descending) order/).waitFor();
    await page.getByRole('article', { name: 'T1_A' }).getByText('both ends agree').waitFor();

    // An alarm: on top of the shelf, on the span and its cells, and in the list.
    await site.tell('alarm E1_A red');
    const strip = page.getByRole('list', { name: 'Alarms' });
    await strip.getByText('E1_A').first().waitFor();
    await span.getByText(/\d alarms?/).waitFor();
    await expect.poll(() => slots.first().textContent()).toContain('▲');
    expect(await slots.first().getAttribute('aria-label')).toContain('in alarm');
    const above = await strip.evaluate((list) => list.getBoundingClientRect().bottom);
    expect(above).toBeLessThanOrEqual((await span.boundingBox())?.y ?? 0);

    await site.tell('alarm T1_A red');
    await page.goto(`${agent.url}/#/alarms`);
    const list = page.getByRole('grid', { name: 'Alarms' });
    await list.getByText('E1_A').first().waitFor();
    await list.getByText('T1_A').first().waitFor();
    const all = Number(await list.getAttribute('aria-rowcount'));
    await page.getByLabel('Filter alarms').fill('e1_a red');
    await expect
      .poll(async () => Number(await list.getAttribute('aria-rowcount')))
      .toBeLessThan(all);
    await page.getByRole('group', { name: 'Severity' }).getByRole('button').first().click();
    await list.getByText('E1_A').first().click();
    const alarm = page.getByRole('dialog');
    await alarm.getByLabel('Note for those who come next').fill('Carrier called, ticket 7');
    await alarm.getByRole('button', { name: 'Acknowledge' }).click();
    await list.getByText('acknowledged').waitFor();
    // The note is found by, and stays; who took notice is named, and may take it back.
    await page.getByLabel('Filter alarms').fill('ticket 7');
    await list.getByText('E1_A').first().click();
    expect(await alarm.getByLabel('Note for those who come next').inputValue()).toBe(
      'Carrier called, ticket 7',
    );
    await alarm.getByText(/^acknowledged by/).waitFor();
    await alarm.getByRole('button', { name: 'Take back' }).click();
    await list.getByText('open').waitFor();
    await page.getByLabel('Filter alarms').fill('no such words');
    await page.getByText('No alarm fits the filter.').waitFor();
    await page.getByLabel('Filter alarms').fill('');
    await site.tell('clear E1_A');
    await page.getByRole('button', { name: 'Past' }).click();
    await page.getByRole('grid', { name: 'Alarms' }).getByText('E1_A').first().waitFor();

    // Gear: looked at before it is saved, added, read, and removed.
    const gear = createServer((socket) => {
      socket.on('error', () => undefined).on('data', () => socket.write('\r\nGW>'));
    });
    await new Promise<void>((resolve) => gear.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void gear.close());
    const link = `tcp://127.0.0.1:${String((gear.address() as AddressInfo).port)}`;
    await page.goto(`${agent.url}/#/gear`);
    // A double click opens it and no more: it marks nothing there. A click beside it closes.
    await page.getByText('Demo TL1 mux').dblclick();
    const details = page.getByRole('dialog', { name: 'Demo TL1 mux' });
    await details.getByRole('button', { name: 'Read now' }).waitFor();
    expect(await page.evaluate(() => String(getSelection()))).toBe('');
    await page.mouse.click(5, 5);
    await details.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Add gear' }).click();
    // A selection drawn out of a field ends outside of the dialog, which is no click beside it.
    const name = page.getByRole('dialog').getByLabel('Name', { exact: true });
    const field = await name.boundingBox();
    await page.mouse.move((field?.x ?? 0) + 20, (field?.y ?? 0) + 10);
    await page.mouse.down();
    await page.mouse.move(5, 5);
    await page.mouse.up();
    await name.waitFor();
    const form = page.getByRole('dialog', { name: 'Add gear' });
    await form.getByLabel('Name', { exact: true }).fill('Bench <b>gear</b>');
    await form.getByLabel('Address').fill('nonsense');
    await form.getByRole('button', { name: 'Identify' }).click();
    await form.getByRole('alert').waitFor();
    await form.getByLabel('Address').fill(link);
    await form.getByRole('button', { name: 'Identify' }).click();
    await form
      .getByText(/of 100\./)
      .first()
      .waitFor();
    await form.getByLabel('Driver').selectOption('console');
    await form.getByRole('button', { name: 'Save' }).click();
    const row = page.getByRole('row', { name: /Bench <b>gear<\/b>/ });
    await row.getByText('connected').waitFor();
    // The transcript of the demo's gear: what was asked and what it said.
    await page.getByRole('row', { name: /Demo FreeSWITCH/ }).click();
    const dialog = page.getByRole('dialog');
    const log = dialog.getByRole('log');
    await expect.poll(() => log.textContent()).toMatch(/→.*←|←.*→/s);
    expect(await log.textContent()).not.toContain('ClueCon\n');
    await dialog.getByRole('button', { name: 'Identify' }).click();
    await dialog.getByText(/of 100\./).waitFor();
    await page.keyboard.press('Escape');
    await row.click();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByRole('button', { name: 'Remove Bench <b>gear</b>' }).click();
    await row.waitFor({ state: 'detached' });
    expect((await agent.request('GET', '/v2/gear')).body['data']).toHaveLength(3);
  }, 90_000);
});
