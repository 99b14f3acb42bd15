// A job of 10,000 numbers from the console, through the death of its agent.

import { describe, expect, it } from 'vitest';
import { startAgentProcess } from '../support/agent-process.ts';
import { signIn, useBrowser } from '../support/browser.ts';
import { hasPeer } from '../support/peer.ts';

describe.runIf(hasPeer('chromium'))('jobs in the console', () => {
  const newPage = useBrowser();

  it('are previewed, started, and followed through a kill of the agent', async () => {
    const first = await startAgentProcess({ flags: ['--demo'] });
    const page = await newPage();
    await signIn(page, first);
    await page.goto(`${first.url}/#/jobs/new`);
    await page.getByLabel('Name').fill('A block');
    await page.getByRole('option', { name: 'SIP fall-back' }).waitFor({ state: 'attached' });
    await page
      .getByLabel('Resource the numbers belong to')
      .selectOption({ label: 'SIP fall-back' });
    await page.getByLabel('Range from').fill('+12125550000');
    await page.getByLabel('to', { exact: true }).fill('+12125559999');
    await page.getByRole('button', { name: 'Add range' }).click();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('10,000 can be added').waitFor();
    await page.getByRole('button', { name: 'Start job with 10,000 numbers' }).click();
    await page.getByRole('heading', { name: 'A block' }).waitFor();
    await first.end('SIGKILL');
    await page.getByText('Not connected').waitFor();
    const second = await startAgentProcess({
      dataDir: first.dataDir,
      flags: ['--listen', `127.0.0.1:${new URL(first.url).port}`],
    });
    await page.getByRole('contentinfo').getByText('Live').waitFor();
    await page.locator('header.toolbar').first().getByText('complete').waitFor();
    await page.locator('dl').getByText('10,000').first().waitFor();
    const { account_id: account } = second.credentials;
    const jobs = await second.request('GET', `/v2/accounts/${account}/resources/jobs`);
    expect(jobs.body['data']).toMatchObject([
      { name: 'A block', status: 'complete', successes: 10_000, failures: 0 },
    ]);
  }, 90_000);
});
