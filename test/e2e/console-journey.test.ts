// A technician's day in the console, in a real browser against a real agent of the demo site: an
// alarm, a resource, a job through the death of the agent, a route. By mouse in both hosts of the
// page, and once more with nothing but the keyboard.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { newPage, useChromium } from '../support/browser.ts';
import { type ConsoleHost, desktopHost, webHost } from '../support/console-host.ts';
import { type DemoSite, startDemoSite } from '../support/demo-site.ts';
import { keyboardOf } from '../support/keyboard.ts';
import { hasPeer } from '../support/peer.ts';

const JOURNEY_MS = 120_000;

describe.runIf(hasPeer('chromium'))('a technician', () => {
  const browser = useChromium();

  const journeyByMouse = async (host: ConsoleHost): Promise<void> => {
    const site = await startDemoSite(host.flags);
    const page = await host.enter(browser(), site);
    const rail = page.getByRole('navigation', { name: 'Views' });

    await site.tell('alarm E1_A red');
    await rail.getByRole('link', { name: 'Alarms' }).click();
    await page.getByRole('row', { name: /RED/ }).click();
    const alarm = page.getByRole('dialog', { name: /RED/ });
    await alarm.getByLabel('Note for those who come next').fill('Carrier called');
    await alarm.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByRole('row', { name: /RED.*acknowledged/ }).waitFor();

    await rail.getByRole('link', { name: 'Resources' }).click();
    await page.getByRole('row', { name: /SIP fall-back/ }).click();
    await page.getByLabel('Dialled number').fill('+442079460000');
    await page.getByText('sofia/sipinterface_1/442079460000@').waitFor();
    await page.getByRole('tab', { name: 'Gateways' }).click();
    await page.getByLabel('Prefix').first().fill('9');
    await page.getByText('sofia/sipinterface_1/9442079460000@').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved', { exact: true }).waitFor();

    await rail.getByRole('link', { name: 'Jobs' }).click();
    await page.getByRole('button', { name: 'New job' }).click();
    await page.getByLabel('Name').fill('A block');
    await page
      .getByLabel('Resource the numbers belong to')
      .selectOption({ label: 'SIP fall-back' });
    await page.getByLabel('Range from').fill('+12125550000');
    await page.getByLabel('to', { exact: true }).fill('+12125559999');
    await page.getByRole('button', { name: 'Add range' }).click();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('10,000 can be added').waitFor();
    await site.slowJobs(true);
    await page.getByRole('button', { name: 'Start job with 10,000 numbers' }).click();
    await goesOnThroughDeath(page, site);

    await rail.getByRole('link', { name: 'Routes' }).click();
    await page.getByLabel('Dialled number').fill('+442079460000');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await showsRoute(page);
    await hasHappenedOnce(site);
  };

  for (const host of [webHost, desktopHost])
    it(`does the day's work by mouse in ${host.name}`, () => journeyByMouse(host), JOURNEY_MS);

  it(
    'does it again with the keyboard alone',
    async () => {
      const site = await startDemoSite();
      const page = await newPage(browser());
      const { press, type, tabTo, downTo } = keyboardOf(page);
      const { account_name: account, username, password } = site.agent().credentials;

      await page.goto(site.url);
      await page.getByLabel('Account name or realm').and(page.locator(':focus')).waitFor();
      await type(account);
      await press('Tab');
      await type(username);
      await press('Tab');
      await type(password);
      await press('Enter');
      await page.getByRole('navigation', { name: 'Views' }).waitFor();

      await site.tell('alarm E1_A red');
      await press('g', 'a');
      const alarms = page.getByRole('grid', { name: 'Alarms' });
      await tabTo(alarms);
      await downTo(alarms, 'RED');
      await press('Enter');
      const alarm = page.getByRole('dialog', { name: /RED/ });
      await tabTo(alarm.getByLabel('Note for those who come next'));
      await type('Carrier called');
      await tabTo(alarm.getByRole('button', { name: 'Acknowledge' }));
      await press('Enter');
      await page.getByRole('row', { name: /RED.*acknowledged/ }).waitFor();
      // The dialog gave the focus back.
      await alarms.and(page.locator(':focus')).waitFor();

      await press('g', 'r');
      const resources = page.getByRole('grid', { name: 'Resources' });
      await tabTo(resources);
      await downTo(resources, 'SIP fall-back');
      await press('Enter');
      await tabTo(page.getByRole('tab', { name: 'Identity' }));
      await press('ArrowRight', 'ArrowRight');
      await tabTo(page.getByLabel('Prefix').first());
      await type('9');
      await tabTo(page.getByLabel('Dialled number'));
      await type('+442079460000');
      await page.getByText('sofia/sipinterface_1/9442079460000@').waitFor();
      await press('Control+s');
      await page.getByText('Saved', { exact: true }).waitFor();

      await press('Control+k');
      await type('new job');
      await press('Enter');
      await tabTo(page.getByLabel('Name'));
      await type('A block');
      await page.getByRole('option', { name: 'SIP fall-back' }).waitFor({ state: 'attached' });
      await tabTo(page.getByLabel('Resource the numbers belong to'));
      await type('SIP');
      await tabTo(page.getByLabel('Range from'));
      await type('+12125550000');
      await tabTo(page.getByLabel('to', { exact: true }));
      await type('+12125559999');
      await press('Tab', 'Enter');
      await page.getByText('10,000 numbers in all').waitFor();
      await tabTo(page.getByRole('button', { name: 'Preview' }), 'Shift+Tab');
      await press('Enter');
      await page.getByText('10,000 can be added').waitFor();
      await site.slowJobs(true);
      await tabTo(page.getByRole('button', { name: 'Start job with 10,000 numbers' }));
      await press('Enter');
      await goesOnThroughDeath(page, site);

      await press('Control+k');
      await type('+442079460000');
      await press('Enter');
      await showsRoute(page);
      await hasHappenedOnce(site);
    },
    JOURNEY_MS,
  );
});

/** The job under way, the agent killed and started again: the page shows all of it by itself. */
async function goesOnThroughDeath(page: Page, site: DemoSite): Promise<void> {
  await page.getByRole('heading', { name: 'A block' }).waitFor();
  const head = page.locator('header.toolbar').first();
  await head.getByText('running').waitFor();
  await page
    .getByRole('progressbar')
    .and(page.locator('[aria-valuenow]:not([aria-valuenow="0"])'))
    .waitFor();
  await site.kill();
  await site.slowJobs(false);
  await page.getByText('Not connected').waitFor();
  await site.restart();
  await page.getByRole('contentinfo').getByText('Live').waitFor();
  await head.getByText('complete').waitFor();
  await head.getByText('recovered').waitFor();
  await page.getByRole('definition').getByText('10,000').first().waitFor();
}

async function showsRoute(page: Page): Promise<void> {
  await page.getByText(/^sofia\/sipinterface_1\/9442079460000@sip\.carrier\.example/).waitFor();
  const excluded = page.getByRole('row', { name: /E1 PRI to the city/ });
  await excluded.waitFor();
  await page.getByRole('row', { name: /Emergency over analogue lines/ }).waitFor();
}

/** What the agent wrote down: each thing done once, whatever was killed. */
async function hasHappenedOnce(site: DemoSite): Promise<void> {
  const { credentials, request } = site.agent();
  const base = `/v2/accounts/${credentials.account_id}`;
  const audit = await request('GET', '/v2/audit?page_size=200');
  const rows = audit.body['data'] as readonly {
    event: string;
    document_id: string;
    actor: { user_id?: string };
  }[];
  const done = rows.filter(
    ({ event, actor }) => actor.user_id !== undefined && !event.startsWith('session.'),
  );
  expect(done.map(({ event }) => event).sort()).toEqual([
    'alarm.acknowledged',
    'job.completed',
    'job.created',
    'job.recovered',
    'resource.changed',
  ]);
  const id = done.find(({ event }) => event === 'resource.changed')?.document_id ?? '';
  const edited = await request('GET', `${base}/resources/${id}`);
  expect(edited.body['data']).toMatchObject({
    name: 'SIP fall-back',
    gateways: [{ prefix: '9', password: 'demo-password' }],
  });
  const jobs = await request('GET', `${base}/resources/jobs`);
  expect(jobs.body['data']).toMatchObject([
    {
      name: 'A block',
      status: 'complete',
      successes: 10_000,
      failures: 0,
      recovered: { count: 1 },
    },
  ]);
}
