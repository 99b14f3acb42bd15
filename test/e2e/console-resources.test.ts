// What technicians do with resources besides the daily change, in a real browser against a real
// agent, in both hosts of the page: the whole form, many at once, files in and out, and what
// protects from mistakes.

import { describe, expect, it } from 'vitest';
import { startAgentProcess } from '../support/agent-process.ts';
import { useChromium } from '../support/browser.ts';
import { type ConsoleHost, desktopHost, goTo, siteOf, webHost } from '../support/console-host.ts';
import { hasPeer } from '../support/peer.ts';

type Doc = Readonly<Record<string, unknown>>;

describe.runIf(hasPeer('chromium'))('resources in the console', () => {
  const browser = useChromium();

  const edits = async (host: ConsoleHost): Promise<void> => {
    const agent = await startAgentProcess({ flags: ['--no-announce', ...host.flags] });
    const path = `/v2/accounts/${agent.credentials.account_id}/resources`;
    const made = await agent.request('PUT', path, {
      name: 'Shared',
      emergency: true,
      rules: ['^\\+1(\\d{10})$'],
      gateways: [{ server: 'a.example', odd: { deep: 1 } }],
      formatters: { from: { regex: '^x', odd: 1 }, 'odd.name': [] },
      not_in_any_form: ['kept'],
    });
    const { id } = made.body['data'] as { id: string };
    const read = async (): Promise<Doc> =>
      (await agent.request('GET', `${path}/${id}`)).body['data'] as unknown as Doc;
    const page = await host.enter(browser(), siteOf(agent));
    await goTo(page, `resources/account/${id}`);
    const save = page.getByRole('button', { name: 'Save', exact: true });
    const tab = (name: string): Promise<void> => page.getByRole('tab', { name }).click();

    // Classifiers: what is wrong stands at the field, and its tab says so.
    await tab('Matching');
    await page.getByLabel('Classifier', { exact: true }).fill('tollfree_us');
    await page.getByRole('button', { name: 'Add classifier' }).click();
    const card = page.getByRole('group', { name: 'tollfree_us' });
    await card.getByLabel('Prefix').fill('9');
    await card.getByLabel('Weight').fill('500');
    await card.getByText('Must be <= 100').waitFor();
    await page.getByRole('tab', { name: 'Matching ▲ 1' }).waitFor();
    await card.getByLabel('Weight').fill('5');
    await card.getByLabel('Enabled').selectOption('Off');

    // Formatters: one that stood alone becomes a list; another field; what no form knows is named.
    await tab('Formatters');
    await page.getByText('odd.name').waitFor();
    const from = page.getByRole('group', { name: 'from' });
    await from.getByText('odd', { exact: true }).waitFor();
    await from.getByRole('button', { name: 'Add rule' }).click();
    await from.getByLabel('Strip the field').nth(1).selectOption('On');
    await from.getByLabel('Direction').nth(1).selectOption('inbound');
    await from.getByRole('button', { name: 'Move up: Rule 2' }).click();
    await page.getByLabel('Field of the call').fill('outbound_caller_id_number');
    await page.getByRole('button', { name: 'Add field' }).click();
    const shown = page.getByRole('group', { name: 'outbound_caller_id_number' });
    await shown.getByLabel('Regular expression').fill('^\\+(\\d+)$');
    await shown.getByLabel('Prefix').fill('00');
    await tab('JSON');
    await page.getByText('not_in_any_form').first().waitFor();

    // All of it is a draft that a reload keeps.
    await host.reload(page);
    await page.getByText('Draft from').waitFor();
    await save.click();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect(await read()).toMatchObject({
      classifiers: { tollfree_us: { prefix: '9', weight_cost: 5, enabled: false } },
      formatters: {
        from: [
          { strip: true, direction: 'inbound' },
          { regex: '^x', odd: 1 },
        ],
        'odd.name': [],
        outbound_caller_id_number: [{ regex: '^\\+(\\d+)$', prefix: '00' }],
      },
      gateways: [{ server: 'a.example', odd: { deep: 1 } }],
      not_in_any_form: ['kept'],
    });

    // Somebody else saves first: both versions, a choice for each field.
    await tab('Identity');
    await page.getByLabel('Name *').fill('Mine');
    await page.getByLabel('Weight').fill('7');
    await agent.request('PATCH', `${path}/${id}`, { name: 'Theirs', grace_period: 9 });
    await page.getByRole('button', { name: 'Compare versions' }).click();
    const dialog = page.getByRole('dialog', { name: 'Two versions' });
    await dialog.getByRole('radio', { name: 'Theirs' }).check();
    await dialog.getByRole('button', { name: 'Use this choice' }).click();
    await save.click();
    await page.getByText('Unsaved changes').waitFor({ state: 'detached' });
    expect(await read()).toMatchObject({ name: 'Theirs', weight_cost: 7, grace_period: 9 });

    // The first version is one click away, whatever happened since.
    await tab('History');
    await page.getByRole('button', { name: 'Restore' }).last().click();
    await page.getByRole('heading', { name: 'Shared' }).waitFor();
    expect(await read()).toMatchObject({ formatters: { from: { regex: '^x', odd: 1 } } });

    // A copy is a resource of its own; one with emergency calls goes only by its name.
    await page.getByRole('button', { name: 'Duplicate' }).click();
    await page.getByRole('heading', { name: 'New resource' }).waitFor();
    await save.click();
    await page.getByRole('heading', { name: 'Shared (copy)' }).waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    const sure = page.getByRole('dialog', { name: 'Delete this resource?' });
    const remove = sure.getByRole('button', { name: 'Delete' });
    expect(await remove.isDisabled()).toBe(true);
    await sure.getByLabel('Type Shared (copy)').fill('Shared (copy)');
    await remove.click();
    await page.getByRole('row', { name: /Shared/ }).waitFor();
    const list = await agent.request('GET', path);
    expect(list.body['data']).toMatchObject([{ id, name: 'Shared' }]);
  };

  const bulkAndFiles = async (host: ConsoleHost): Promise<void> => {
    const agent = await startAgentProcess({ flags: ['--no-announce', ...host.flags] });
    const path = `/v2/accounts/${agent.credentials.account_id}/resources`;
    await agent.request(
      'PUT',
      `${path}/collection`,
      Array.from({ length: 200 }, (_item, index) => ({
        name: `Trunk ${String(index).padStart(3, '0')}`,
        weight_cost: index % 2 === 0 ? 20 : 30,
        gateways: [{ server: 'a.example', password: 'not-for-files' }],
      })),
    );
    const page = await host.enter(browser(), siteOf(agent));
    await goTo(page, 'resources');
    const grid = page.getByRole('grid', { name: 'Resources' });
    const menu = async (name: string): Promise<void> => {
      await page.getByText('⋯ More').click();
      await page.getByRole('button', { name }).click();
    };

    // Five fields of two hundred, in one call; what differs is said before.
    await grid.getByRole('checkbox', { name: 'Select' }).first().check();
    await page.getByText('200 selected').waitFor();
    let writes = host.writes(page);
    await page.getByRole('button', { name: 'Edit selected' }).click();
    const bulk = page.getByRole('dialog', { name: 'Edit 200 resources' });
    await bulk.getByPlaceholder('Keep (values differ)').waitFor();
    await bulk.getByLabel('Enabled').selectOption('Off');
    await bulk.getByLabel('Weight').fill('42');
    await bulk.getByLabel('Emergency').selectOption('On');
    await bulk.getByLabel('Grace period').fill('8');
    await bulk.getByLabel('Require flags').selectOption('On');
    await bulk.getByRole('button', { name: 'Apply to all' }).click();
    await page.getByText('200 resources changed').waitFor();
    const rows = await agent.request('GET', `${path}?paginate=false&sort=name`);
    const all = rows.body['data'] as unknown as readonly { id: string; name: string }[];
    const last = await agent.request('GET', `${path}/${all.at(-1)?.id ?? ''}`);
    expect(last.body['data']).toMatchObject({
      name: 'Trunk 199',
      enabled: false,
      weight_cost: 42,
      emergency: true,
      grace_period: 8,
      require_flags: true,
      gateways: [{ password: 'not-for-files' }],
    });

    // An order by hand, saved in one call.
    await menu('Reorder by weight');
    const order = page.getByRole('dialog', { name: 'Reorder by weight' });
    const second = order.getByRole('listitem').nth(1);
    const moved = (await second.textContent()) ?? '';
    await second.getByRole('button', { name: /Move up/ }).click();
    await order.getByRole('button', { name: 'Save order' }).click();
    await page.getByText('Order saved').waitFor();
    expect(writes()).toEqual([`POST ${path}/collection`, `POST ${path}/collection`]);
    const lightest = await agent.request('GET', `${path}?sort=weight_cost&page_size=1`);
    const [first] = lightest.body['data'] as unknown as [{ name: string; weight_cost: number }];
    expect(moved).toContain(first.name);
    expect(first.weight_cost).toBe(1);

    // Out as files without passwords, in from JSON and from CSV, looked at before.
    const csv = await host.saved(page, () => menu('Export CSV'));
    expect(csv.split('\n').length).toBeGreaterThan(200);
    const json = await host.saved(page, () => menu('Export JSON'));
    expect(JSON.parse(json)).toHaveLength(200);
    expect(csv + json).not.toContain('not-for-files');
    await menu('Import');
    const files = page.getByRole('dialog', { name: 'Import resources' });
    await files.getByLabel('JSON or CSV').fill('name,weight_cost\nFrom CSV,500\n');
    await files.getByText('1 found, 1 with mistakes').waitFor();
    await files.getByText('weight_cost: Must be <= 100').waitFor();
    await files
      .getByLabel('JSON or CSV')
      .fill('name,weight_cost,rules,server,span\n"From, CSV",3,^\\+1|^\\+44,b.example,7\n');
    await files.getByRole('button', { name: 'Create 1' }).click();
    await page.getByText('1 resources created').waitFor();
    await menu('Import');
    await files.getByLabel('JSON or CSV').fill(
      JSON.stringify([
        { name: 'From JSON 1', gateways: [], odd: 1 },
        { name: 'From JSON 2', gateways: [] },
      ]),
    );
    await files.getByRole('button', { name: 'Create 2' }).click();
    await page.getByText('2 resources created').waitFor();
    const brought = await agent.request('GET', `${path}?q=From&sort=name`);
    expect(brought.body['data']).toMatchObject([
      { name: 'From JSON 1' },
      { name: 'From JSON 2' },
      { name: 'From, CSV', weight_cost: 3 },
    ]);

    // A request as a command: it runs as it is, and holds no token.
    await goTo(page, `resources/account/${all[0]?.id ?? ''}`);
    const curl = await host.copied(page, () =>
      page.getByRole('button', { name: 'Copy as curl' }).click(),
    );
    expect(curl).toContain(`curl -X POST '${agent.url}${path}/${all[0]?.id ?? ''}'`);
    expect(curl).toContain('"X-Auth-Token: $AUTH_TOKEN"');

    // The bundle says what is in it before it is saved, and no password is.
    await goTo(page, 'overview');
    await page.getByRole('button', { name: 'Diagnostics bundle' }).click();
    const bundle = page.getByRole('dialog', { name: 'Diagnostics bundle' });
    const listed = await bundle.getByRole('definition').allTextContents();
    const text = await host.saved(page, () =>
      bundle.getByRole('button', { name: 'Save bundle' }).click(),
    );
    const parts = Object.keys(JSON.parse(text) as object).slice(2);
    expect(
      listed.map(
        (line) => /(?:\/v2)?(?:\/accounts\/\w+)?\/(?:resources\/(?=jobs))?([a-z]+)/.exec(line)?.[1],
      ),
    ).toEqual(parts.map((part) => (part === 'health' ? 'healthz' : part)));
    for (const secret of ['not-for-files', agent.credentials.api_key, agent.credentials.password])
      expect(text).not.toContain(secret);

    // Read-only mode, by the palette: nothing that changes anything is left, nor sent.
    await page.keyboard.press('Control+k');
    await page.keyboard.type('display settings');
    await page.keyboard.press('Enter');
    await page.getByLabel('Read-only mode').check();
    await page.keyboard.press('Escape');
    writes = host.writes(page);
    await goTo(page, `resources/account/${all[0]?.id ?? ''}`);
    await page.getByText('Read-only mode is on').waitFor();
    expect(await page.getByLabel('Name *').getAttribute('readonly')).toBe('');
    for (const name of ['Save', 'Delete', 'Duplicate', 'Discard changes'])
      expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0);
    await page.keyboard.press('Control+s');
    await goTo(page, 'jobs');
    await page.getByRole('heading', { name: 'Jobs' }).waitFor();
    expect(await page.getByRole('button', { name: 'New job' }).count()).toBe(0);
    expect(writes()).toEqual([]);
  };

  for (const host of [webHost, desktopHost]) {
    it(
      `are edited in all their parts, keep what no form knows, and come back in ${host.name}`,
      () => edits(host),
      90_000,
    );
    it(
      `are changed many at once, come in and out as files, and are safe in read-only mode in ${host.name}`,
      () => bulkAndFiles(host),
      90_000,
    );
  }
});
