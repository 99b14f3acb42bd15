// How a person likes the page, what may be copied out of it, and what one who may only read gets
// to see: in a real browser against a real agent.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startAgentProcess } from '../support/agent-process.ts';
import { newPage, signIn, useChromium } from '../support/browser.ts';
import { goTo, siteOf, webHost } from '../support/console-host.ts';
import { hasPeer } from '../support/peer.ts';

const run = promisify(execFile);

describe.runIf(hasPeer('chromium') && hasPeer('curl'))('the console', () => {
  const browser = useChromium();

  it('remembers how it is liked, copies commands that run, and shows readers no buttons', async () => {
    const agent = await startAgentProcess({ flags: ['--no-announce'] });
    const account = `/v2/accounts/${agent.credentials.account_id}`;
    const made = await agent.request('PUT', `${account}/resources`, {
      name: "O'Brien's trunk",
      gateways: [{ server: 'a.example' }],
    });
    const { id } = made.body['data'] as unknown as { id: string };
    await agent.request('PUT', `${account}/resources/jobs`, {
      name: 'One number',
      resource_id: id,
      numbers: ['+12125550100'],
    });
    const page = await webHost.enter(browser(), siteOf(agent));
    // West of Greenwich, no half hour, and no summer time.
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setTimezoneOverride', { timezoneId: 'America/Phoenix' });
    await page.emulateMedia({ colorScheme: 'light' });
    await goTo(page, 'jobs');
    const row = page.getByRole('row', { name: /One number/ });
    await row.waitFor();
    const height = async (): Promise<number> => (await row.boundingBox())?.height ?? 0;
    const background = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const time = async (): Promise<string> =>
      /\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ?/.exec((await row.textContent()) ?? '')?.[0] ?? '';
    const [compact, light, local] = [await height(), await background(), await time()];

    // System follows the machine; dark and light do not.
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(background).not.toBe(light);
    const dark = await background();
    const choose = async (group: string, option: string): Promise<void> => {
      await page.getByRole('button', { name: 'Display settings' }).click();
      const settings = page.getByRole('dialog');
      await settings
        .getByRole('group', { name: group })
        .getByRole('button', { name: option })
        .click();
      await page.keyboard.press('Escape');
      await settings.waitFor({ state: 'detached' });
    };
    await choose('Theme', 'Light');
    await expect.poll(background).toBe(light);
    await page.emulateMedia({ colorScheme: 'light' });
    await choose('Theme', 'Dark');
    await expect.poll(background).toBe(dark);
    await choose('Density', 'Comfortable');
    await expect.poll(height).toBeGreaterThan(compact);
    const comfortable = await height();
    await choose('Times', 'UTC');
    await expect.poll(time).toMatch(/Z$/);
    const utc = await time();
    // The same instant: read as UTC, the local one is seven hours earlier.
    const hours =
      (Date.parse(utc.replace(' ', 'T')) - Date.parse(`${local.replace(' ', 'T')}Z`)) / 3_600_000;
    expect(hours).toBe(7);

    // All of it is as it was after the page was loaded anew.
    await webHost.reload(page);
    await row.waitFor();
    expect([await background(), await height(), await time()]).toEqual([dark, comfortable, utc]);

    // A request as a command: the very line runs, quotes in names and all, and holds no token.
    await goTo(page, `resources/account/${id}`);
    await page.getByLabel('Weight').fill('11');
    const line = await webHost.copied(page, () =>
      page.getByRole('button', { name: 'Copy as curl' }).click(),
    );
    const token = await agent.request('PUT', '/v2/api_auth', {
      api_key: agent.credentials.api_key,
    });
    const auth = String(token.body['auth_token']);
    expect(line).toContain('$AUTH_TOKEN');
    for (const secret of [auth.split('.')[0] ?? '', agent.credentials.api_key])
      expect(line).not.toContain(secret);
    const { stdout } = await run('/bin/sh', ['-c', line], {
      env: { ...process.env, AUTH_TOKEN: auth },
    });
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'success',
      data: { id, name: "O'Brien's trunk", weight_cost: 11 },
    });

    // Who may only read is told so, and finds nothing to press that would be refused.
    const reader = { username: 'reader', password: 'only-reading-1', priv_level: 'read_only' };
    expect((await agent.request('PUT', `${account}/users`, reader)).status).toBe(201);
    const readerPage = await newPage(browser());
    await signIn(readerPage, { ...agent, credentials: { ...agent.credentials, ...reader } });
    await readerPage.getByText('This sign-in may only read.').waitFor();
    for (const [place, heading] of [
      ['resources', 'Resources'],
      ['jobs', 'Jobs'],
      ['gear', 'Gear'],
      [`resources/account/${id}`, "O'Brien's trunk"],
    ] as const) {
      await goTo(readerPage, place);
      await readerPage.getByRole('heading', { name: heading, exact: true }).waitFor();
      for (const name of [/^New/, /^Add/, 'Save', 'Delete', 'Duplicate', 'Import'])
        expect(
          await readerPage.getByRole('button', { name, exact: true }).count(),
          `${String(name)} in ${place}`,
        ).toBe(0);
    }
    expect(await readerPage.getByLabel('Name *').getAttribute('readonly')).toBe('');
  }, 90_000);
});
