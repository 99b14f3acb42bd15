import { describe, expect, it } from 'vitest';
import { e1, FakeFamily } from '../../support/fake-gear.ts';
import { dataOf, type GearSite, openGearSite, rowsOf } from '../../support/gear-site.ts';
import { BY } from '../../support/resource-api.ts';

async function openTwoGears(): Promise<GearSite> {
  const near = new FakeFamily();
  const far = new FakeFamily({ name: 'ios', schemes: ['tcp:'] });
  far.at('tcp://gw:23').reading = {
    identity: {},
    alarms: [],
    findings: [],
    spans: [
      e1('0/0/0', {
        clock: 'internal',
        order: { kind: 'known', direction: 'ascending', memory: 'linear' },
      }),
      e1('0/0/1', {
        clock: 'internal',
        order: { kind: 'known', direction: 'descending', memory: 'linear' },
      }),
    ],
  };
  const site = await openGearSite({ families: [near.family, far.family] });
  for (const [id, driver, link] of [
    ['fs', 'freetdm', 'esl://fs:8021'],
    ['gw', 'ios', 'tcp://gw:23'],
  ] as const) {
    await site.api.request('PUT', '/v2/gear', { id, name: id, driver, link });
    await site.api.request('PUT', `/v2/gear/${id}/refresh`, {});
  }
  await site.store.write(async (writers) => {
    const scope = { kind: 'resource', accountId: undefined } as const;
    const gateways = [{ endpoint_type: 'freetdm', span: '1', channel_selection: 'ascending' }];
    await writers.documents.insert(scope, 'r', { name: 'R', gateways }, BY);
    writers.record({ actor: BY, event: 'resource.created', noun: 'resource', id: 'r' });
  });
  return site;
}

const cable = (span: string, port: string): object => ({
  freetdm: { gear_id: 'fs', span },
  device: { gear_id: 'gw', span: port },
});

describe('/v2/cables', () => {
  it('join two spans and say when both hunt from the same end', async () => {
    const { api } = await openTwoGears();
    const created = await api.request('PUT', '/v2/cables', {
      id: 'c1',
      ...cable('span1', '0/0/0'),
    });
    expect(created.status).toBe(201);
    expect(dataOf(created)).toMatchObject({ id: 'c1', ...cable('span1', '0/0/0') });
    const spans = rowsOf(await api.request('GET', '/v2/spans'));
    const idOf = (native: string): unknown =>
      spans.find((span) => span['native'] === native)?.['id'];
    const read = dataOf(await api.request('GET', '/v2/cables/c1'));
    expect(read).toMatchObject({
      freetdm_span_id: idOf('span1'),
      device_span_id: idOf('0/0/0'),
      findings: [{ code: 'cable.same-order' }],
    });
    // What was read is sent back with another port.
    const moved = await api.request('POST', '/v2/cables/c1', {
      ...read,
      device: { gear_id: 'gw', span: '0/0/1' },
    });
    expect(dataOf(moved)['findings']).toEqual([]);
    expect(rowsOf(await api.request('GET', '/v2/cables'))).toHaveLength(1);
    expect((await api.request('DELETE', '/v2/cables/c1')).status).toBe(200);
    expect((await api.request('GET', '/v2/cables/c1')).status).toBe(404);
  });

  it('may lead to gear that nobody manages, and to spans that were not read yet', async () => {
    const { api } = await openTwoGears();
    const labelled = await api.request('PUT', '/v2/cables', {
      freetdm: { gear_id: 'fs', span: 'span2' },
      device: { label: 'Smart jack 7' },
    });
    expect(dataOf(labelled)['findings']).toEqual([]);
    const unread = await api.request('PUT', '/v2/cables', cable('span9', '0/0/0'));
    expect(dataOf(unread)['findings']).toMatchObject([
      { code: 'cable.no-such-span', span: 'span9' },
    ]);
  });

  it('refuse ends that cannot be, by field', async () => {
    const { api } = await openTwoGears();
    await api.request('PUT', '/v2/cables', { id: 'c1', ...cable('span1', '0/0/0') });
    const refused = async (data: object, method = 'PUT', path = '/v2/cables'): Promise<unknown> => {
      const reply = await api.request(method, path, data);
      expect(reply.status, reply.text).toBe(400);
      return Object.entries(dataOf(reply)).map(([field, rules]) => [
        field,
        ...Object.keys(rules as object),
      ]);
    };
    const freetdm = { gear_id: 'fs', span: 'span2' };
    expect(await refused({ freetdm })).toEqual([['device', 'required']]);
    expect(await refused({ freetdm, device: {} })).toEqual([['device', 'required']]);
    expect(await refused({ freetdm, device: { gear_id: 'gw', label: 'x' } })).toEqual([
      ['device', 'required'],
    ]);
    expect(
      await refused({ freetdm: { gear_id: 'none', span: '1' }, device: { label: 'x' } }),
    ).toEqual([['freetdm.gear_id', 'not_found']]);
    expect(await refused({ freetdm, device: freetdm })).toEqual([['device', 'unique']]);
    expect(await refused(cable('span1', '0/0/1'))).toEqual([['freetdm', 'unique']]);
    expect(await refused(cable('span2', '0/0/0'))).toEqual([['device', 'unique']]);
    await api.request('PUT', '/v2/cables', { id: 'c2', ...cable('span2', '0/0/1') });
    const patch = { device: { span: '0/0/0' } };
    expect(await refused(patch, 'PATCH', '/v2/cables/c2')).toEqual([['device', 'unique']]);
    const both = await Promise.all(
      ['a', 'b'].map((id) => api.request('PUT', '/v2/cables', { id, ...cable('span5', '0/0/5') })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([201, 400]);
  });
});
