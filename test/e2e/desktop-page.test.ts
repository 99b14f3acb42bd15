// The built page in the desktop's place: the real preload and main/core, a real agent with TLS.

import { describe, expect, it } from 'vitest';
import { startOwnAgent } from '../support/desktop-harness.ts';
import { type AgentProcess, startAgentProcess } from '../support/agent-process.ts';
import { CHROMIUM } from '../support/browser.ts';
import { pairSite } from '../support/console-host.ts';
import { pairingOf, startDemoSite } from '../support/demo-site.ts';
import { freePort } from '../support/free-port.ts';
import { openDesktopPage } from '../support/page-double.ts';
import { hasPeer } from '../support/peer.ts';
import { startRelay } from '../support/relay.ts';

const SOUTH = ['--tls', 'always', '--no-announce'];

/** At the same address, on the same data. */
function restarted({ dataDir, url }: AgentProcess): Promise<AgentProcess> {
  return startAgentProcess({ dataDir, listen: new URL(url).host, flags: SOUTH });
}

/** How often something was done, by what the agent wrote down. */
async function changes(agent: AgentProcess, event: string): Promise<number> {
  const audit = await agent.request('GET', '/v2/audit?page_size=200');
  const rows = audit.body['data'] as readonly { readonly event: string; readonly actor: object }[];
  return rows.filter((row) => row.event === event && 'remote' in row.actor).length;
}

describe.runIf(hasPeer(CHROMIUM))('the page of the desktop', () => {
  it('pairs a site by fingerprint and code, works on it, and goes back to the sites', async () => {
    const agent = await startOwnAgent();
    const { page, console } = await openDesktopPage();
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

  it('loses no draft and doubles no request when one of two agents dies during edits', async () => {
    const north = await startDemoSite(['--tls', 'always']);
    const listen = `127.0.0.1:${String(await freePort())}`;
    let agent = await startAgentProcess({ listen, flags: SOUTH });
    const relay = await startRelay(Number(new URL(agent.url).port));
    const south = {
      url: `https://127.0.0.1:${String(relay.port)}`,
      pairing: () => pairingOf(agent.dataDir),
    };
    const resources = `/v2/accounts/${agent.credentials.account_id}/resources`;
    const made = await agent.request('PUT', resources, { name: 'Trunk', gateways: [] });
    const { id } = made.body['data'] as { id: string };
    const { page, url } = await openDesktopPage();
    await pairSite(page, north, 'North');
    await page.getByRole('link', { name: 'Resources' }).click();
    await page.getByRole('row', { name: /SIP fall-back/ }).click();
    await page.getByLabel('Name *').fill('Typed in the north');
    await page.getByText('Unsaved changes').waitFor();
    await page.getByRole('button', { name: 'All sites' }).click();

    await pairSite(page, south, 'South');
    await page.getByRole('link', { name: 'Resources' }).click();
    await page.getByRole('row', { name: 'Trunk' }).click();
    await page.getByLabel('Name *').fill('Trunk of the south');
    // The change is on disk when its reply gets lost with the agent.
    relay.loseReplies(true);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(() => changes(agent, 'resource.changed')).toBe(1);
    await agent.end('SIGKILL');
    await page.getByText('it is not known whether the change arrived').waitFor();
    relay.loseReplies(false);
    // Typed while nobody answers, as a new one as well.
    await page.getByLabel('Weight').fill('7');
    await page.goto(`${url}#/resources/account/new`);
    await page.getByLabel('Name *').fill('New of the south');
    await page.getByRole('tab', { name: 'Gateways' }).click();
    await page.getByLabel('Server *').fill('south.example');

    // The window itself dies and comes back.
    await page.reload();
    await page.getByRole('button', { name: 'North', exact: true }).click();
    await page.getByText('Draft from').waitFor();
    expect(await page.getByLabel('Name *').inputValue()).toBe('Typed in the north');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'All sites' }).click();
    await page.getByRole('button', { name: 'South', exact: true }).click();
    await page.getByText('The agent does not answer').waitFor();
    agent = await restarted(agent);

    // The draft is there by itself; its reply gets lost like the other one.
    await page.getByText('Draft from').waitFor();
    expect(await page.getByLabel('Name *').inputValue()).toBe('New of the south');
    relay.loseReplies(true);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(() => changes(agent, 'resource.created')).toBe(2);
    await agent.end('SIGKILL');
    await page.getByText('it is not known whether the change arrived').waitFor();
    relay.loseReplies(false);
    agent = await restarted(agent);
    await page.getByRole('contentinfo').getByText('Live').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Created', { exact: true }).waitFor();

    await page.getByRole('link', { name: 'Resources' }).first().click();
    await page.getByRole('row', { name: 'Trunk of the south' }).click();
    expect(await page.getByLabel('Weight').inputValue()).toBe('7');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    const stored = await agent.request('GET', `${resources}/${id}`);
    expect(stored.body['data']).toMatchObject({ name: 'Trunk of the south', weight_cost: 7 });
    // Two that were made, one by hand; one change whose reply was lost, one of the weight.
    expect(await changes(agent, 'resource.created')).toBe(2);
    expect(await changes(agent, 'resource.changed')).toBe(2);
    expect(await changes(north.agent(), 'resource.changed')).toBe(1);
  }, 120_000);
});
