// Every resources curl command of the API document, sent by curl itself to the real process.
// Types and values are compared with what the document prints.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AgentProcess, startAgentProcess } from '../support/agent-process.ts';
import { hasPeer } from '../support/peer.ts';

const run = promisify(execFile);

interface Reply {
  readonly auth_token: string;
  readonly data: unknown;
  readonly page_size?: number;
  readonly request_id: string;
  readonly revision: string;
  readonly status: string;
}

/** The document's "Remove / Fetch / Change a resource" example, as a client would send it. */
const CARRIER_3 = {
  caller_id_options: { type: 'external' },
  emergency: false,
  enabled: true,
  flags: [],
  gateways: [
    {
      channel_selection: 'ascending',
      codecs: ['PCMU', 'PCMA'],
      custom_sip_headers: {},
      emergency: false,
      enabled: true,
      endpoint_type: 'sip',
      format_from_uri: false,
      invite_format: 'route',
      password: 'DrWoody',
      prefix: '+1',
      progress_timeout: '6',
      realm: 'carrier1.com',
      server: 'carrier1.com',
      skype_rr: true,
      suffix: '100',
      username: 'blazemore',
    },
  ],
  grace_period: 5,
  media: { audio: { codecs: ['PCMU'] }, video: { codecs: [] } },
  name: 'Carrier 3',
  peer: false,
  rules: ['^\\+{0,1}1{0,1}(\\d{10})$'],
  type: 'local',
  weight_cost: '50',
};

/** The same as the agent answers it: strings that stand for integers are integers. */
const ANSWERED = {
  ...CARRIER_3,
  gateways: CARRIER_3.gateways.map((gateway) => ({
    ...gateway,
    progress_timeout: 6,
    force_port: false,
    port: 5060,
  })),
  media: { ...CARRIER_3.media, encryption: { enforce_security: false, methods: [] } },
  weight_cost: 50,
};

describe.runIf(hasPeer('curl'))('the resources commands of the API document', () => {
  let agent: AgentProcess;
  let token: string;
  let base: string;

  async function curl(...argv: readonly string[]): Promise<Reply> {
    const { stdout } = await run('curl', ['-sS', '-H', `X-Auth-Token: ${token}`, ...argv]);
    return JSON.parse(stdout) as Reply;
  }

  const json = ['-H', 'Content-Type: application/json'];
  const envelope = (): unknown => ({
    auth_token: token,
    request_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    revision: expect.stringMatching(/^\d+-[0-9a-f]{32}$/) as string,
    status: 'success',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
    version: expect.stringMatching(/^\S+$/) as string,
    node: expect.stringMatching(/^[\w-]{22}$/) as string,
  });

  beforeEach(async () => {
    agent = await startAgentProcess();
    const { stdout } = await run('curl', [
      ...['-sS', '-X', 'PUT', ...json],
      ...['-d', JSON.stringify({ data: { api_key: agent.credentials.api_key } })],
      `${agent.url}/v2/api_auth`,
    ]);
    token = (JSON.parse(stdout) as Reply).auth_token;
    base = `${agent.url}/v2/accounts/${agent.credentials.account_id}/resources`;
  });

  it('create, fetch, change, patch, list and remove', async () => {
    const created = await curl(
      '-X',
      'PUT',
      ...json,
      '-d',
      '{"data":{"name":"Carrier 3", "gateways":[]}}',
      base,
    );
    const { id } = created.data as { id: string };
    expect(created).toEqual({
      ...(envelope() as object),
      // The printed media block is not invented: nobody sent one.
      data: {
        emergency: false,
        enabled: true,
        flags: [],
        gateways: [],
        grace_period: 5,
        id,
        name: 'Carrier 3',
        rules: [],
        weight_cost: 50,
      },
    });

    const changed = await curl(
      '-X',
      'POST',
      ...json,
      '-d',
      JSON.stringify({ data: CARRIER_3 }),
      `${base}/${id}`,
    );
    expect(changed).toEqual({ ...(envelope() as object), data: { ...ANSWERED, id } });

    const fetched = await curl('-X', 'GET', `${base}/${id}`);
    expect(fetched).toEqual({
      ...(envelope() as object),
      data: { ...ANSWERED, id },
      revision: changed.revision,
    });

    const patched = await curl(
      ...['-X', 'PATCH', ...json],
      ...['-d', '{"data":{"custom_sip_headers":{"X-Reseller-ID":"a1b2c3"}}}'],
      `${base}/${id}`,
    );
    const withHeaders = { ...ANSWERED, id, custom_sip_headers: { 'X-Reseller-ID': 'a1b2c3' } };
    expect(patched).toEqual({ ...(envelope() as object), data: withHeaders });

    // Scripts that forget the header: curl then says application/x-www-form-urlencoded.
    await curl('-X', 'PUT', '-d', '{"data":{"name":"Carrier1","gateways":[]}}', base);
    const listed = await curl('-X', 'GET', base);
    expect(listed).toEqual({
      ...(envelope() as object),
      revision: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      page_size: 2,
      data: expect.arrayContaining([
        { enabled: true, id, name: 'Carrier 3', weight: '50', weight_cost: 50 },
        expect.objectContaining({ enabled: true, name: 'Carrier1', weight: '50' }),
      ]) as unknown,
    });

    const removed = await curl('-X', 'DELETE', `${base}/${id}`);
    expect(removed).toEqual({
      ...(envelope() as object),
      data: { ...withHeaders, _read_only: { deleted: true } },
    });
    const gone = await curl('-X', 'GET', `${base}/${id}`);
    expect([gone.status, (gone as unknown as { error: string }).error]).toEqual(['error', '404']);
  });

  it('the same for global resources, without the account in the path', async () => {
    const global = `${agent.url}/v2/resources`;
    const created = await curl(
      '-X',
      'PUT',
      ...json,
      '-d',
      JSON.stringify({ data: CARRIER_3 }),
      global,
    );
    const { id } = created.data as { id: string };
    expect(created.data).toEqual({ ...ANSWERED, id });
    expect((await curl('-X', 'GET', `${global}/${id}`)).data).toEqual({ ...ANSWERED, id });
    expect((await curl('-X', 'DELETE', `${global}/${id}`)).status).toBe('success');
  });

  it('create and change collections', async () => {
    const put = ['-X', 'PUT', ...json, '-d'];
    const post = ['-X', 'POST', ...json, '-d'];
    const members = { ...(envelope() as object), revision: undefined };
    const body = JSON.stringify({
      data: [
        { ...CARRIER_3, id: 'one' },
        { name: 'Two', gateways: [] },
      ],
    });
    const created = await curl(...put, body, `${base}/collection`);
    const { successes } = created.data as { successes: Readonly<Record<string, { name: string }>> };
    const second = Object.keys(successes).find((id) => id !== 'one') ?? '';
    expect(created).toEqual({
      ...members,
      revision: 'automatic',
      data: {
        errors: {},
        successes: {
          one: { ...ANSWERED, id: 'one' },
          [second]: expect.objectContaining({
            id: second,
            name: 'Two',
            weight_cost: 50,
          }) as unknown,
        },
      },
    });

    const merge = [
      { id: 'one', weight_cost: '10' },
      { id: second, enabled: false },
    ];
    const changed = await curl(...post, JSON.stringify({ data: merge }), `${base}/collection`);
    expect(changed).toEqual({
      ...members,
      data: {
        errors: {},
        successes: {
          one: { ...ANSWERED, id: 'one', weight_cost: 10 },
          [second]: expect.objectContaining({ name: 'Two', enabled: false }) as unknown,
        },
      },
    });

    // All or nothing, told by id.
    const half = [{ id: 'one', weight_cost: 20 }, { id: 'gone' }];
    const refused = await curl(...post, JSON.stringify({ data: half }), `${base}/collection`);
    expect(refused).toEqual({
      ...members,
      data: { errors: { gone: 'resource does not exist' }, successes: {} },
    });
    expect((await curl(`${base}/one`)).data).toMatchObject({ weight_cost: 10 });

    // What the document prints for this call is the body of a job, which no list of resources is.
    const printed = '{"data":{"numbers":["+12223334444", "+23334445555"], "resource_id":"one"}}';
    expect(await curl(...post, printed, `${base}/collection`)).toMatchObject({
      status: 'error',
      error: '400',
      data: { data: { type: { target: 'array' } } },
    });
  });

  it('keeps what was created over a stop and a start', async () => {
    const first = await startAgentProcess();
    const path = `/v2/accounts/${first.credentials.account_id}/resources`;
    const created = await first.request('PUT', path, CARRIER_3);
    const { id } = created.body['data'] as { id: string };
    expect(await first.end('SIGTERM')).toEqual([0, null]);
    const second = await startAgentProcess({ dataDir: first.dataDir });
    const fetched = await second.request('GET', `${path}/${id}`);
    expect([fetched.body['data'], fetched.body['revision']]).toEqual([
      { ...ANSWERED, id },
      created.body['revision'],
    ]);
  });
});
