// The console of gear in a real browser: the demo's IOS gateway, whose driver works on the same
// line, and a line whose other end is the test.

import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it, describe, onTestFinished } from 'vitest';
import { startAgentProcess } from '../support/agent-process.ts';
import { CHROMIUM, signIn, useBrowser } from '../support/browser.ts';
import { startDemoSite } from '../support/demo-site.ts';
import { hasPeer } from '../support/peer.ts';
import { picture } from '../support/pictures.ts';

/** Gear that is played by the test: what was sent to it, and a way to speak. */
async function startPlayedGear() {
  let heard = '';
  let line: Socket | undefined;
  const server = createServer((socket) => {
    line = socket;
    socket.on('error', () => undefined).on('data', (bytes) => (heard += bytes.toString('latin1')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    line?.destroy();
    server.close();
  });
  return {
    link: `tcp://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    say: (text: string) => void line?.write(Buffer.from(text, 'latin1')),
    heard: () => heard,
  };
}

describe.runIf(hasPeer(CHROMIUM))('the console of gear', () => {
  const newPage = useBrowser();

  it('is watched, taken over, typed at with care, and handed back to its driver', async () => {
    const agent = await startAgentProcess({ flags: ['--demo'] });
    const gear = await startPlayedGear();
    const record = { id: 'played', name: 'Played', driver: 'console', link: gear.link };
    expect((await agent.request('PUT', '/v2/gear', record)).status).toBe(201);
    const page = await newPage();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const loaded: string[] = [];
    page.on('requestfinished', (request) => loaded.push(request.url()));
    await signIn(page, agent);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    const screen = page.locator('.xterm-rows');
    const shown = async (): Promise<string> => (await screen.innerText()).replaceAll('\u00a0', ' ');
    await page.goto(`${agent.url}/#/gear`);
    await page.getByRole('row', { name: /Played/ }).waitFor();
    // The terminal comes when it is wanted, from the agent itself.
    expect(loaded.filter((url) => /console-/.test(url))).toEqual([]);
    await page.getByRole('row', { name: /Played/ }).click();
    await page.getByRole('button', { name: 'Console' }).click();
    await page.getByText('The driver has the line').waitFor();
    expect(loaded.filter((url) => /console-.*\.js$/.test(url))).toHaveLength(1);

    // Watching: hostile output is text, colours are shown, and questions get no answer.
    gear.say('\u001b[31mred\u001b[0m <img src=x onerror=alert(1)>\r\n');
    gear.say(
      '\u001b[c\u001b[6n\u001b[>c\u001b[?6n\u001b]10;?\u0007\u001bZ\u001b]52;c;aGk=\u0007\r\n\u009b31mC1\r\nGW>',
    );
    await expect.poll(shown).toContain('<img src=x onerror=alert(1)>');
    await expect.poll(shown).toContain('GW>');
    const red = page.locator('.xterm-rows span').filter({ hasText: /^red$/ });
    expect(await red.evaluate((element) => getComputedStyle(element).color)).toBe(
      'rgb(180, 35, 24)',
    );
    await page.getByLabel('Console of the gear').focus();
    await page.keyboard.type('ignored');

    // Taken over: what is typed goes to the gear, byte by byte.
    await page.getByRole('button', { name: 'Take over' }).click();
    await page.getByText('Your line. Automation is suspended').waitFor();
    await page.keyboard.type('show clock');
    await page.keyboard.press('Enter');
    await expect.poll(gear.heard).toBe('show clock\r');
    // Another sign-in sees who has it, and cannot take it.
    const other = await newPage();
    const { api_key } = agent.credentials;
    expect(api_key).not.toBe('');
    const account = agent.credentials.account_id;
    const made = await agent.request('PUT', `/v2/accounts/${account}/users`, {
      username: 'bob',
      password: 'a long password',
      first_name: 'Bob',
      last_name: 'B',
      priv_level: 'admin',
    });
    expect(made.status).toBe(201);
    await other.goto(agent.url);
    await other.getByLabel('Account name or realm').fill(agent.credentials.account_name);
    await other.getByLabel('Username').fill('bob');
    await other.getByLabel('Password').fill('a long password');
    await other.keyboard.press('Enter');
    await other.getByRole('navigation', { name: 'Views' }).waitFor();
    await other.goto(`${agent.url}/#/gear/played/console`);
    await other.getByText(/has the line and may be typing\. Automation is suspended/).waitFor();
    expect(await other.getByRole('button', { name: 'Take over' }).isDisabled()).toBe(true);

    // Several lines: shown first, then typed each after the echo of the one before.
    await page.evaluate(() => navigator.clipboard.writeText('conf t\nhost\u20acname X\n'));
    await page.getByLabel('Console of the gear').focus();
    await page.keyboard.press('Control+v');
    const paste = page.getByRole('dialog', { name: 'Paste 2 lines?' });
    await paste.getByText('does not take it: 1 character.').waitFor();
    await paste.getByRole('button', { name: 'Type these lines' }).click();
    await expect.poll(gear.heard).toBe('show clock\rconf t');
    gear.say('conf t');
    await expect.poll(gear.heard).toBe('show clock\rconf t\r');
    gear.say('\r\nGW(config)#');
    await expect.poll(gear.heard).toBe('show clock\rconf t\rhostname X');
    await page.getByText(/No echo of line 2 of 2/).waitFor();
    expect(gear.heard()).toBe('show clock\rconf t\rhostname X');

    // A BREAK needs the words; this line cannot carry one, and says so.
    await page.getByRole('button', { name: 'Send BREAK' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send BREAK' });
    const send = dialog.getByRole('button', { name: 'Send BREAK' });
    await dialog.getByLabel('Type SEND BREAK').fill('send break');
    expect(await send.isDisabled()).toBe(true);
    await dialog.getByLabel('Type SEND BREAK').fill('SEND BREAK');
    await send.click();
    await page.getByText('This line cannot send a BREAK').waitFor();

    // Found in what has scrolled away; copied.
    gear.say(Array.from({ length: 200 }, (_, n) => `line ${String(n)}\r\n`).join(''));
    await expect.poll(shown).toContain('line 199');
    await page.keyboard.press('F6');
    await page.getByLabel('Find in the console').fill('GW>');
    await page.getByText('1 of 1, newest first').waitFor();
    await expect.poll(shown).toContain('GW>');
    await page.getByRole('button', { name: 'Copy' }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('GW>');

    // Handed back; the agent goes, and comes back; nothing is taken over by itself.
    await page.getByRole('button', { name: 'Hand back' }).click();
    await page.getByText('The driver has the line').waitFor();
    await other.getByText('The driver has the line').waitFor();
    expect(complaints).toEqual([]);
  }, 60_000);

  it('shows the driver of an IOS gateway at work, and gives the line back to it', async () => {
    const site = await startDemoSite();
    const agent = site.agent();
    const page = await newPage();
    await signIn(page, agent);
    const link = async (): Promise<unknown> => {
      const { body } = await agent.request('GET', '/v2/gear/demo-ios');
      const { link: state, last_error: error } = (
        body['data'] as { state: { link: string; last_error?: { code: string } } }
      ).state;
      return [state, error?.code];
    };
    await page.goto(`${agent.url}/#/gear/demo-ios/console`);
    const screen = page.locator('.xterm-rows');
    const shown = async (): Promise<string> => (await screen.innerText()).replaceAll('\u00a0', ' ');
    // What was said before the page came, and then, at 9600 baud, what the driver asks and the gateway answers.
    await expect.poll(shown).toContain('GW1');
    await page.getByText('Last sent by the driver:').waitFor();
    await page.getByRole('button', { name: 'Take over' }).click();
    await page.getByText('Your line. Automation is suspended').waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('show clock');
    await expect.poll(shown).toContain('show clock');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Hand back' }).click();
    await page.getByText('The driver has the line').waitFor();
    await expect.poll(link, { timeout: 25_000 }).toEqual(['connected', undefined]);

    // Somebody types at the gateway itself: the driver waits, and the page says why.
    await site.tell('gateway type show c');
    const why = page
      .getByRole('status')
      .filter({ hasText: /Another person types on this console/ });
    await why.waitFor();
    expect(await why.textContent()).toMatch(/“show c”.*automation waits until it is quiet/);
    expect(await page.getByText('The driver has the line').count()).toBe(0);
    await picture(page, 'console');
  }, 60_000);
});
