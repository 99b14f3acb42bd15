// The built page in the desktop's place: the real preload and main/core, a real agent with TLS.

import { describe, expect, it } from 'vitest';
import { startOwnAgent } from '../support/desktop-harness.ts';
import { CHROMIUM, openDesktopPage } from '../support/page-double.ts';
import { hasPeer } from '../support/peer.ts';

describe.runIf(hasPeer(CHROMIUM))('the page of the desktop', () => {
  it('pairs a site by fingerprint and code, works on it, and goes back to the sites', async () => {
    const agent = await startOwnAgent();
    const { page, console } = await openDesktopPage();
    page.setDefaultTimeout(15_000);
    await page.getByText('No sites yet').waitFor();
    await page.getByLabel('Address').fill(agent.url);
    await page.getByRole('button', { name: 'Show its certificate' }).click();
    await page.getByText(agent.fingerprint ?? 'no fingerprint').waitFor();
    await page.getByLabel('Pairing code').fill('WRONG-CODE');
    const pair = page.getByRole('button', { name: /pair/ });
    await pair.click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Pairing code').fill(agent.issuePairingCode());
    await page.getByLabel('Name').fill('North <b>exchange</b>');
    await pair.click();
    await page.getByRole('link', { name: 'Resources' }).click();
    await page.getByRole('heading', { name: 'Resources' }).waitFor();
    await page.getByText('North <b>exchange</b>').first().waitFor();
    await page.getByRole('button', { name: 'All sites' }).click();
    await page.getByRole('button', { name: 'Details of North' }).click();
    await page.getByText('certificate pinned').waitFor();
    expect(console.filter((line) => /error|refused/i.test(line))).toEqual([]);
  });
});
