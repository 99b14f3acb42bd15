// Every view of the console, and the places inside them that look like views of their own: what
// axe, the keyboard and the screenshots go over. A view that joins VIEWS is in here by itself.

import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { VIEWS } from '../../renderer/views/view-list.ts';
import type { DemoSite } from './demo-site.ts';

export interface ConsolePlace {
  readonly name: string;
  /** What follows `#/`. */
  readonly hash: string;
  /** What is done there before it is looked at. */
  open?(page: Page): Promise<void>;
}

/** @param ids of the full site */
export function placesOf(ids: FullSite): readonly ConsolePlace[] {
  const editor = `resources/account/${ids.resource}`;
  const tab = (name: string): ConsolePlace => ({
    name: `resource-${name.toLowerCase()}`,
    hash: editor,
    open: (page) => page.getByRole('tab', { name }).click(),
  });
  const button =
    (name: string) =>
    (page: Page): Promise<void> =>
      page.getByRole('button', { name }).first().click();
  const more = (name: string) => async (page: Page) => {
    await page.getByText('⋯ More').click();
    await page.getByRole('button', { name }).click();
  };
  return [
    ...VIEWS.map(({ id }) => ({ name: id, hash: id })),
    ...['Matching', 'Gateways', 'Formatters', 'History', 'JSON'].map(tab),
    { name: 'resource-new', hash: 'resources/account/new' },
    { name: 'resource-delete', hash: editor, open: button('Delete') },
    { name: 'resources-reorder', hash: 'resources', open: more('Reorder by weight') },
    { name: 'resources-import', hash: 'resources', open: more('Import') },
    { name: 'job', hash: `jobs/${ids.job}` },
    { name: 'job-new', hash: 'jobs/new' },
    { name: 'route', hash: 'routes/%2B12125550123' },
    {
      name: 'alarm',
      hash: 'alarms',
      open: (page) => page.getByRole('row', { name: /RED/ }).click(),
    },
    { name: 'diagnostics', hash: 'overview', open: button('Diagnostics bundle') },
    { name: 'display', hash: 'overview', open: button('Display settings') },
    { name: 'palette', hash: 'overview', open: (page) => page.keyboard.press('Control+k') },
  ];
}

export interface FullSite {
  readonly resource: string;
  readonly job: string;
}

/** Gives a demo site something to show in each view. */
export async function fillSite(site: DemoSite): Promise<FullSite> {
  const { credentials, request } = site.agent();
  const base = `/v2/accounts/${credentials.account_id}`;
  const made = await request('PUT', `${base}/resources`, {
    name: 'Trunk to the coast',
    emergency: true,
    weight_cost: 40,
    rules: ['^\\+1(\\d{10})$'],
    classifiers: { tollfree_us: { prefix: '9' }, emergency: { emergency: true } },
    formatters: { outbound_caller_id_number: [{ regex: '^\\+(\\d+)$', prefix: '00' }, {}] },
    gateways: [
      { endpoint_type: 'freetdm', span: '1', channel_selection: 'descending', server: 'local' },
      { server: 'sip.coast.example', username: 'coast', password: 'secret', enabled: false },
    ],
    unknown_to_forms: true,
  });
  const { id: resource } = made.body['data'] as unknown as { id: string };
  await request('PATCH', `${base}/resources/${resource}`, { weight_cost: 41 });
  const job = await request('PUT', `${base}/resources/jobs`, {
    name: 'A list with mistakes',
    resource_id: resource,
    numbers: ['+12125550100', '+12125550101', '12125550101', 'no number', '+442079460000'],
  });
  const { id } = job.body['data'] as unknown as { id: string };
  await site.tell('alarm E1_A red');
  await expect
    .poll(async () => (await request('GET', '/v2/alarms?state=active')).text)
    .toContain('"RED"');
  return { resource, job: id };
}
