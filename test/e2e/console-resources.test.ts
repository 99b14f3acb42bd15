// Resources in a real browser against a real agent: edit, conflict, restart, drafts.

import { describe, expect, it } from 'vitest';
import { startAgentProcess } from '../support/agent-process.ts';
import { signIn, useBrowser } from '../support/browser.ts';
import { hasPeer } from '../support/peer.ts';

describe.runIf(hasPeer('chromium'))('resources in the console', () => {
  const newPage = useBrowser();

  it('keep what was typed through a reload and an agent restart, and save it once', async () => {
    const first = await startAgentProcess({ flags: ['--demo'] });
    const page = await newPage();
    await signIn(page, first);
    await page.goto(`${first.url}/#/resources/account/new`);
    await page.getByLabel('Name *').fill('Typed before the restart');
    await page.getByRole('tab', { name: 'Gateways' }).click();
    await page.getByLabel('Server *').fill('pbx.example');
    await first.end('SIGKILL');
    await page.getByText('Not connected').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('it is not known whether the change arrived').waitFor();
    const { port } = new URL(first.url);
    const second = await startAgentProcess({
      dataDir: first.dataDir,
      flags: ['--listen', `127.0.0.1:${port}`],
    });
    await page.reload();
    await page.getByRole('tab', { name: 'Identity' }).click();
    expect(await page.getByLabel('Name *').inputValue()).toBe('Typed before the restart');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Created').waitFor();
    const list = await second.request(
      'GET',
      `/v2/accounts/${second.credentials.account_id}/resources?q=restart`,
    );
    expect(list.body['data']).toHaveLength(1);
  });

  it('show both versions when somebody else saved first, and merge by choice', async () => {
    const agent = await startAgentProcess({ flags: ['--demo'] });
    const path = `/v2/accounts/${agent.credentials.account_id}/resources`;
    const made = await agent.request('PUT', path, {
      name: 'Shared',
      gateways: [{ server: 'a.example' }],
    });
    const { id } = made.body['data'] as { id: string };
    const page = await newPage();
    await signIn(page, agent);
    await page.goto(`${agent.url}/#/resources/account/${id}`);
    await page.getByLabel('Name *').fill('Mine');
    await page.getByLabel('Weight').fill('7');
    await agent.request('PATCH', `${path}/${id}`, { name: 'Theirs', grace_period: 9 });
    await page.getByRole('button', { name: 'Compare versions' }).click();
    const dialog = page.getByRole('dialog', { name: 'Two versions' });
    await dialog.getByRole('radio', { name: 'Theirs' }).check();
    await dialog.getByRole('button', { name: 'Use this choice' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    const stored = await agent.request('GET', `${path}/${id}`);
    expect(stored.body['data']).toMatchObject({ name: 'Theirs', weight_cost: 7, grace_period: 9 });
  });
});
