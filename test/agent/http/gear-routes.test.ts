import { describe, expect, it } from 'vitest';
import { CraftportError } from '../../../agent/base/error.ts';
import type { GearFamily } from '../../../agent/gear/gear-family.ts';
import { FakeFamily } from '../../support/fake-gear.ts';
import { dataOf, NEWEST_FIRST, openGearSite, rowsOf } from '../../support/gear-site.ts';

const SECRET = 'Clue-Con-7f3a';
const RECORD = {
  id: 'fs',
  name: 'FreeSWITCH',
  driver: 'freetdm',
  link: 'esl://127.0.0.1:8021',
  password: SECRET,
};
const other = (name: string, over: Partial<GearFamily> = {}): GearFamily => ({
  ...new FakeFamily({ name, schemes: ['tcp:', 'serial:', 'file:'] }).family,
  ...over,
});

describe('/v2/gear', () => {
  it('keeps records, and shows that there is a password and never which', async () => {
    const fake = new FakeFamily();
    const { api, store, events } = await openGearSite({ families: [fake.family] });
    const created = await api.request('PUT', '/v2/gear', RECORD);
    expect([created.status, created.headers.get('location')]).toEqual([201, '/v2/gear/fs']);
    const { state, ...record } = dataOf(created);
    expect(record).toEqual({
      id: 'fs',
      name: 'FreeSWITCH',
      driver: 'freetdm',
      link: 'esl://127.0.0.1:8021',
      enabled: true,
      has_password: true,
    });
    expect(state).toMatchObject({ link: 'connected' });
    expect(fake.at(RECORD.link).approaches[0]?.link).toEqual({
      url: 'esl://127.0.0.1:8021',
      username: undefined,
      password: SECRET,
    });
    const patched = await api.request('PATCH', '/v2/gear/fs', { notes: 'Rack 3' });
    // What a form sends back after reading.
    const saved = await api.request('POST', '/v2/gear/fs', dataOf(patched));
    expect(dataOf(saved)).toMatchObject({ has_password: true, notes: 'Rack 3' });
    const list = await api.request('GET', '/v2/gear');
    expect(rowsOf(list)).toHaveLength(1);
    const audit = await store.read.audit.page({ noun: 'gear' }, NEWEST_FIRST, 10);
    expect(audit.rows).toHaveLength(3);
    const shown = JSON.stringify([created.text, saved.text, list.text, audit, events]);
    expect(shown).not.toContain(SECRET);
    expect(
      (await store.read.documents.load({ kind: 'gear', accountId: undefined }, 'fs'))?.doc,
    ).toMatchObject({ password: SECRET });
    const removed = await api.request('DELETE', '/v2/gear/fs');
    expect(dataOf(removed)).toMatchObject({ id: 'fs', _read_only: { deleted: true } });
    expect(removed.text).not.toContain(SECRET);
    expect((await api.request('GET', '/v2/gear/fs')).status).toBe(404);
    expect(fake.at(RECORD.link).stopped).toBe(fake.at(RECORD.link).started);
  });

  it('refuses bad records by field, without repeating what may be a secret', async () => {
    const { api } = await openGearSite({
      families: [
        new FakeFamily().family,
        other('tl1'),
        other('cli', { optionsSchema: 'spans.local' }),
      ],
    });
    const refused = async (over: object): Promise<unknown> => {
      const reply = await api.request('PUT', '/v2/gear', { ...RECORD, id: undefined, ...over });
      expect(reply.status, reply.text).toBe(400);
      expect(reply.text).not.toContain(SECRET);
      return Object.entries(dataOf(reply)).map(([path, rules]) => [
        path,
        ...Object.keys(rules as object),
      ]);
    };
    expect(await refused({ driver: 'nobody' })).toEqual([['driver', 'enum']]);
    expect(await refused({ driver: 5, name: '' })).toEqual([
      ['driver', 'type'],
      ['name', 'minLength'],
    ]);
    expect(await refused({ pasword: 'x' })).toEqual([['pasword', 'additionalProperties']]);
    expect(await refused({ poll_interval_s: 0.5 })).toEqual([['poll_interval_s', 'minimum']]);
    expect(await refused({ link: 'nonsense' })).toEqual([['link', 'format']]);
    expect(await refused({ link: 'esl://a b:1' })).toEqual([['link', 'format']]);
    expect(await refused({ link: 'http://a:1' })).toEqual([['link', 'scheme']]);
    expect(await refused({ link: 'esl://:8021' })).toEqual([['link', 'format']]);
    expect(await refused({ link: 'esl:///x' })).toEqual([['link', 'host']]);
    expect(await refused({ link: 'esl://h:0' })).toEqual([['link', 'port']]);
    expect(await refused({ link: 'esl://h:99999' })).toEqual([['link', 'format']]);
    expect(await refused({ link: `esl://user:${SECRET}@h:1` })).toEqual([['link', 'credentials']]);
    expect(await refused({ driver: 'tl1', link: 'serial://' })).toEqual([['link', 'path']]);
    expect(await refused({ options: { a: 1 } })).toEqual([['options.a', 'additionalProperties']]);
    const cli = { driver: 'cli', link: 'tcp://h:1' };
    expect(await refused({ ...cli, options: { name: 5 } })).toEqual([['options.name', 'type']]);
    expect(await refused({ id: 'identify' })).toEqual([['id', 'forbidden']]);
    expect(rowsOf(await api.request('GET', '/v2/gear'))).toEqual([]);
  });

  it('gives a kept password to no other host', async () => {
    const fake = new FakeFamily();
    const { api } = await openGearSite({ families: [fake.family, other('tl1')] });
    await api.request('PUT', '/v2/gear', RECORD);
    const link = 'esl://192.0.2.9:8021';
    for (const [method, body] of [
      ['PATCH', { link }],
      ['POST', { name: 'x', driver: 'freetdm', link }],
      ['PATCH', { driver: 'tl1', link: 'tcp://127.0.0.1:8021' }],
    ] as const) {
      const reply = await api.request(method, '/v2/gear/fs', body);
      expect([reply.status, Object.keys(dataOf(reply))]).toEqual([400, ['password']]);
    }
    expect(fake.at(link).approaches).toEqual([]);
    const given = await api.request('PATCH', '/v2/gear/fs', { link, password: 'new' });
    expect(given.status).toBe(200);
    expect(fake.at(link).approaches[0]?.link.password).toBe('new');
    const taken = await api.request('PATCH', '/v2/gear/fs', { link: RECORD.link, password: null });
    expect(dataOf(taken)).toMatchObject({ has_password: false, link: RECORD.link });
  });

  it('keeps the secrets of its options as it keeps its password', async () => {
    const fake = new FakeFamily({ name: 'ios', optionsSchema: 'gear_options.ios' });
    const { api } = await openGearSite({ families: [fake.family] });
    const options = { secret: SECRET };
    const created = await api.request('PUT', '/v2/gear', { ...RECORD, driver: 'ios', options });
    expect(dataOf(created)['options']).toEqual({ has_secret: true });
    const saved = await api.request('POST', '/v2/gear/fs', dataOf(created));
    expect(dataOf(saved)['options']).toEqual({ has_secret: true });
    await api.request('PATCH', '/v2/gear/fs', { poll_interval_s: 9 });
    expect(fake.at(RECORD.link).approaches.at(-1)?.options).toEqual({ secret: SECRET });
    fake.at(RECORD.link).observed.frame('sent', `>${SECRET}<`, '');
    const shown = await api.request('GET', '/v2/gear/fs/transcript');
    expect(created.text + saved.text + shown.text).not.toContain(SECRET);
    const link = 'esl://192.0.2.9:8021';
    const moved = await api.request('PATCH', '/v2/gear/fs', { link, password: 'x' });
    expect(Object.keys(dataOf(moved))).toEqual(['options.secret']);
  });

  it('is for the master account: technicians write, readers read', async () => {
    const { api } = await openGearSite({ families: [new FakeFamily().family] });
    await api.request('PUT', '/v2/gear', RECORD);
    const as = async (token: string, method: string, path: string): Promise<number> =>
      (
        await api.request(method, path, method === 'GET' ? undefined : {}, {
          'x-auth-token': token,
        })
      ).status;
    for (const path of [
      '/v2/gear',
      '/v2/gear/fs',
      '/v2/gear/fs/transcript',
      '/v2/spans',
      '/v2/cables',
      '/v2/gear_drivers',
    ]) {
      expect(await as('master:read_only', 'GET', path), path).toBe(200);
      expect(await as('child', 'GET', path), path).toBe(403);
    }
    for (const [method, path] of [
      ['PUT', '/v2/gear'],
      ['PATCH', '/v2/gear/fs'],
      ['PUT', '/v2/gear/fs/refresh'],
      ['PUT', '/v2/gear/identify'],
    ] as const)
      expect(await as('master:read_only', method, path), path).toBe(403);
    expect(await as('master:technician', 'PATCH', '/v2/gear/fs')).toBe(200);
  });

  it('says which drivers there are', async () => {
    const { api } = await openGearSite({ families: [new FakeFamily().family] });
    expect(rowsOf(await api.request('GET', '/v2/gear_drivers'))).toEqual([
      { name: 'freetdm', title: 'Fake gear', schemes: ['esl:'], default_poll_interval_s: 5 },
    ]);
  });

  it('looks at a link before it is saved, the best guess first, and keeps nothing', async () => {
    const looked: string[] = [];
    const scoring = (name: string, score: number): GearFamily =>
      other(name, {
        identify: ({ link }) => {
          looked.push(`${name} ${String(link.password)}`);
          return score < 0
            ? Promise.reject(new CraftportError('driver.login-refused', 'Wrong password'))
            : Promise.resolve({ score, identity: { model: name }, evidence: 'banner' });
        },
      });
    const { api } = await openGearSite({
      families: [scoring('ios', 10), scoring('tl1', 95), scoring('cli', -1)],
    });
    const seen = await api.request('PUT', '/v2/gear/identify', {
      link: 'tcp://127.0.0.1:3083',
      password: SECRET,
    });
    expect(seen.status).toBe(201);
    expect(rowsOf(seen).map(({ driver, score }) => [driver, score])).toEqual([
      ['tl1', 95],
      ['ios', 10],
      ['cli', 0],
    ]);
    expect(rowsOf(seen)[2]?.['error']).toEqual({
      code: 'driver.login-refused',
      message: 'Wrong password',
    });
    expect(seen.text).not.toContain(SECRET);
    expect(looked).toEqual([`ios ${SECRET}`, `tl1 ${SECRET}`, `cli ${SECRET}`]);
    const named = await api.request('PUT', '/v2/gear/identify', {
      link: 'tcp://h:1',
      driver: 'ios',
    });
    expect(rowsOf(named)).toHaveLength(1);
    const wrong = await api.request('PUT', '/v2/gear/identify', { link: 'gopher://h' });
    expect(Object.keys(dataOf(wrong))).toEqual(['link']);
    expect(rowsOf(await api.request('GET', '/v2/gear'))).toEqual([]);
  });

  it('identifies saved gear, and answers with what went wrong', async () => {
    let fails = false;
    const fake = new FakeFamily({
      identify: () =>
        fails
          ? Promise.reject(new CraftportError('transport.open-failed', 'Connection refused'))
          : Promise.resolve({ score: 100, identity: { version: '1.11' }, evidence: 'banner' }),
    });
    const { api } = await openGearSite({ families: [fake.family] });
    await api.request('PUT', '/v2/gear', RECORD);
    const seen = await api.request('PUT', '/v2/gear/fs/identify', {});
    expect([seen.status, dataOf(seen)]).toEqual([
      201,
      { driver: 'freetdm', score: 100, identity: { version: '1.11' }, evidence: 'banner' },
    ]);
    fails = true;
    const failed = await api.request('PUT', '/v2/gear/fs/identify', {});
    expect([failed.status, failed.body['message']]).toEqual([502, 'transport_open_failed']);
    expect((await api.request('PUT', '/v2/gear/none/identify', {})).status).toBe(404);
  });

  it('reads on demand and tells the error of the driver', async () => {
    const fake = new FakeFamily();
    const { api } = await openGearSite({ families: [fake.family] });
    await api.request('PUT', '/v2/gear', RECORD);
    const gear = fake.at(RECORD.link);
    gear.reading = { ...gear.reading, identity: { model: 'Fake 2' } };
    const refreshed = await api.request('PUT', '/v2/gear/fs/refresh', {});
    expect(refreshed.status).toBe(201);
    expect(dataOf(refreshed)['state']).toMatchObject({ identity: { model: 'Fake 2' }, spans: 2 });
    gear.error = new CraftportError('driver.timeout', 'No reply to ftdm list within 5 s');
    const failed = await api.request('PUT', '/v2/gear/fs/refresh', {});
    expect([failed.status, failed.body['message']]).toEqual([504, 'driver_timeout']);
    expect(dataOf(await api.request('GET', '/v2/gear/fs'))['state']).toMatchObject({
      last_error: { code: 'driver.timeout', message: 'No reply to ftdm list within 5 s' },
      spans: 2,
    });
    await api.request('PATCH', '/v2/gear/fs', { enabled: false });
    expect((await api.request('PUT', '/v2/gear/fs/refresh', {})).status).toBe(503);
  });

  it('shows the conversation, newest first and masked', async () => {
    const fake = new FakeFamily();
    const { api } = await openGearSite({ families: [fake.family] });
    await api.request('PUT', '/v2/gear', RECORD);
    const { observed } = fake.at(RECORD.link);
    observed.frame('received', 'Content-Type: auth/request', 'wants a password');
    observed.frame('sent', `auth ${SECRET}`, `signs in with ${SECRET}`);
    observed.frame('received', `echo ${SECRET}!`, 'ok');
    const shown = await api.request('GET', '/v2/gear/fs/transcript?page_size=2');
    expect(rowsOf(shown).map(({ direction, text, decoded }) => [direction, text, decoded])).toEqual(
      [
        ['received', 'echo ********!', 'ok'],
        ['sent', 'auth ********', 'signs in with ********'],
      ],
    );
    const next = String(shown.body['next_start_key']);
    const rest = await api.request('GET', `/v2/gear/fs/transcript?start_key=${next}`);
    expect(rowsOf(rest).map(({ sequence }) => sequence)).toEqual([1]);
    for (let index = 0; index < 3000; index += 1) observed.frame('sent', 'x'.repeat(500), '');
    const all = await api.request('GET', '/v2/gear/fs/transcript?paginate=false');
    expect(rowsOf(all).length).toBeLessThanOrEqual(1000);
    expect(rowsOf(all)[0]).toMatchObject({ sequence: 3003 });
    expect((await api.request('GET', '/v2/gear/none/transcript')).status).toBe(404);
  });

  it('follows what is stored after a restart, with what was last known and its age', async () => {
    const fake = new FakeFamily();
    const site = await openGearSite({ families: [fake.family] });
    await site.api.request('PUT', '/v2/gear', RECORD);
    await site.api.request('PUT', '/v2/gear/fs/refresh', {});
    const before = rowsOf(await site.api.request('GET', '/v2/spans'));
    fake.at(RECORD.link).connects = false;
    fake.at(RECORD.link).error = new CraftportError('driver.not-connected', 'Not yet');
    const again = await site.restart();
    const after = rowsOf(await again.api.request('GET', '/v2/spans'));
    expect(after.map(({ id, name }) => [id, name])).toEqual(
      before.map(({ id, name }) => [id, name]),
    );
    expect(after[0]).toMatchObject({
      link: 'connecting',
      stale: true,
      signalling: 'unknown',
      running: 'unknown',
      last_known: { signalling: 'up', running: 'started' },
      read_at: before[0]?.['read_at'],
      channels: { total: 31, idle: 31 },
    });
    expect(dataOf(await again.api.request('GET', '/v2/gear/fs'))['state']).toMatchObject({
      identity: { model: 'Fake 1' },
    });
    await expect.poll(() => fake.at(RECORD.link).approaches.at(-1)?.link.password).toBe(SECRET);
  });
});
