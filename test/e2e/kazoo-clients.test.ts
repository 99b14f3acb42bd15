// What clients of Kazoo really send: jQuery in a page of another origin (with preflights, as the
// Monster UI's SDK calls), and the recorded habits of the PHP and Python SDKs.

import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { JSDOM } from 'jsdom';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { addAccount, type AgentProcess, useAgentProcess } from '../support/agent-process.ts';

const theAgent = useAgentProcess();
let agent: AgentProcess;
let base: string;

beforeEach(async () => {
  agent = theAgent();
  base = `${agent.url}${await addAccount(agent)}/resources`;
});

/** `md5(username:password)`, what every SDK signs in with. */
function digest(): string {
  const { username, password } = agent.credentials;
  return createHash('md5').update(`${username}:${password}`).digest('hex');
}

describe('jQuery in a foreign page', () => {
  interface AjaxReply {
    readonly status: number;
    /** jQuery parsed the body itself: only an exact content type makes it do so on errors. */
    readonly json: Readonly<Record<string, unknown>> | undefined;
  }
  type Ajax = (settings: object) => Promise<AjaxReply>;

  /** A page of another origin with jQuery in it; XMLHttpRequest makes real preflights. */
  function openPage(): Ajax {
    const dom = new JSDOM('<!doctype html><p>', {
      url: 'https://monster.example/',
      runScripts: 'outside-only',
    });
    onTestFinished(() => dom.window.close());
    const jquery = createRequire(import.meta.url).resolve('jquery/dist/jquery.js');
    dom.window.eval(readFileSync(jquery, 'utf8'));
    const ajax = dom.window.eval(`(function (settings) {
      return new Promise(function (resolve) {
        jQuery.ajax(settings).always(function (a, textStatus, b) {
          var xhr = textStatus === 'success' ? b : a;
          resolve(JSON.stringify({ status: xhr.status, json: xhr.responseJSON }));
        });
      });
    })`) as (settings: object) => Promise<string>;
    return async (settings) => JSON.parse(await ajax(settings)) as AjaxReply;
  }

  it('signs in, creates, lists, updates, fails readably and removes', async () => {
    const ajax = openPage();
    const call = (method: string, url: string, token?: string, data?: unknown, extra?: object) =>
      ajax({
        url,
        method,
        dataType: 'json',
        contentType: 'application/json',
        cache: false,
        ...(token === undefined ? {} : { headers: { 'X-Auth-Token': token } }),
        ...(data === undefined ? {} : { data: JSON.stringify({ data, ...extra }) }),
        processData: false,
      });
    const ui = { ui_metadata: { version: '4.3', ui: 'monster-ui', origin: 'common' } };
    const signedIn = await call('PUT', `${agent.url}/v2/user_auth`, undefined, {
      credentials: digest(),
      account_name: agent.credentials.account_name,
      ...ui,
    });
    expect(signedIn).toMatchObject({
      status: 201,
      json: { status: 'success', data: { account_id: agent.credentials.account_id, apps: [] } },
    });
    const token = String(signedIn.json?.['auth_token']);

    const created = await call('PUT', base, token, {
      name: 'From Monster',
      gateways: [{ server: 'a.example', port: '5060', progress_timeout: '6' }],
      caller_id_options: { type: 'external' },
      resource_type: 'carrier',
      ...ui,
    });
    expect(created).toMatchObject({
      status: 201,
      json: { data: { gateways: [{ port: 5060, progress_timeout: 6 }], ...ui } },
    });
    const { id } = created.json?.['data'] as { id: string };

    // cache: false adds `_=<ms>` to GETs.
    const listed = await call('GET', base, token);
    expect(listed).toMatchObject({ status: 200, json: { data: [{ id }], page_size: 1 } });

    const refused = await call('POST', `${base}/${id}`, token, { name: 'x', ...ui });
    expect(refused).toMatchObject({
      status: 400,
      json: {
        message: 'validation error',
        data: { gateways: { required: { message: 'Field is required but missing' } } },
      },
    });
    const merged = await call('POST', `${base}/collection`, token, [{ id, weight_cost: 7 }]);
    expect(merged).toMatchObject({
      status: 200,
      json: { data: { errors: {}, successes: { [id]: { weight_cost: 7 } } } },
    });
    const removed = await call('DELETE', `${base}/${id}`, token, ui);
    expect(removed).toMatchObject({ status: 200, json: { data: { id } } });
    expect(await call('GET', `${base}/${id}`, token)).toMatchObject({
      status: 404,
      json: { error: '404', message: 'bad_identifier' },
    });
    expect(await call('GET', base, 'stale')).toMatchObject({
      status: 401,
      json: { message: 'invalid credentials' },
    });
  });

  it('passes the preflight with the headers the SDK asks for', async () => {
    const reply = await fetch(base, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://monster.example',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'content-type,x-auth-token',
      },
    });
    const header = (name: string): readonly string[] =>
      (reply.headers.get(name) ?? '').split(/,\s*/);
    expect([reply.status, await reply.text()]).toEqual([200, '']);
    expect(header('access-control-allow-origin')).toEqual(['*']);
    expect(header('access-control-allow-methods')).toEqual(['OPTIONS', 'GET', 'PUT']);
    expect(header('access-control-allow-headers')).toEqual(
      expect.arrayContaining(['content-type', 'x-auth-token', 'if-match']),
    );
    expect((await fetch(base, { method: 'OPTIONS' })).status).toBe(405);
  });
});

describe('recorded habits', () => {
  /** Node's own client sends exactly these headers and bytes. */
  function send(
    method: string,
    url: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<{ status: number; json: Record<string, unknown> }> {
    return new Promise((resolve, reject) => {
      httpRequest(url, { method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            json: JSON.parse(text) as Record<string, unknown>,
          }),
        );
      })
        .on('error', reject)
        .end(body);
    });
  }

  it('PHP: an empty token at sign-in, a trailing slash on create, the whole document back', async () => {
    const json = { 'content-type': 'application/json', accept: 'application/json' };
    const signIn = { data: { credentials: digest(), realm: agent.credentials.realm } };
    const signedIn = await send(
      'PUT',
      `${agent.url}/v2/user_auth`,
      { ...json, 'x-auth-token': '' },
      JSON.stringify(signIn),
    );
    expect(signedIn).toMatchObject({
      status: 201,
      json: { data: { owner_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string } },
    });
    const auth = { ...json, 'x-auth-token': String(signedIn.json['auth_token']) };
    const doc = { data: { name: 'php', gateways: [] } };
    const created = await send('PUT', `${base}/`, auth, JSON.stringify(doc));
    expect(created.status).toBe(201);
    const stored = created.json['data'] as { id: string };
    const saved = await send(
      'POST',
      `${base}/${stored.id}`,
      auth,
      JSON.stringify({ data: { ...stored, name: 'php 2' } }),
    );
    expect(saved.json['data']).toEqual({ ...stored, name: 'php 2' });
    const names = async (name: string): Promise<unknown[]> =>
      (await send('GET', `${base}?filter_name=${encodeURIComponent(name)}`, auth)).json[
        'data'
      ] as unknown[];
    expect([(await names('php 2')).length, (await names('php')).length]).toEqual([1, 0]);
    expect((await send('DELETE', `${base}/${stored.id}`, auth)).status).toBe(200);
  });

  it('Python: a content type without a body, and an empty create without one', async () => {
    const signedIn = await send(
      'PUT',
      `${agent.url}/v2/api_auth`,
      { 'content-type': 'application/json' },
      JSON.stringify({ data: { api_key: agent.credentials.api_key } }),
    );
    const auth = {
      'content-type': 'application/json',
      'x-auth-token': String(signedIn.json['auth_token']),
    };
    expect((await send('GET', base, auth)).status).toBe(200);
    expect(await send('PUT', base, auth)).toMatchObject({
      status: 400,
      json: { data: { name: { required: {} }, gateways: { required: {} } } },
    });
    expect(await send('DELETE', `${base}/none`, auth)).toMatchObject({ status: 404 });
    const wrapped = { data: { data: { name: 'x', gateways: [] } } };
    expect((await send('PUT', base, auth, JSON.stringify(wrapped))).status).toBe(400);
  });

  it('Perl and Ruby: the verb in the envelope, sha digests, Basic and Bearer', async () => {
    const { username, password, account_name, account_id } = agent.credentials;
    const sha = createHash('sha1').update(`${username}:${password}`).digest('hex');
    const json = { 'content-type': 'application/json' };
    const signedIn = await send(
      'POST',
      `${agent.url}/v2/user_auth`,
      json,
      JSON.stringify({ verb: 'PUT', data: { credentials: sha, method: 'sha', account_name } }),
    );
    expect(signedIn.status).toBe(201);
    const basic = Buffer.from(`${account_id}:${digest()}`).toString('base64');
    expect((await send('GET', base, { authorization: `Basic ${basic}` })).status).toBe(200);
    expect(
      (await send('GET', base, { authorization: `Bearer ${String(signedIn.json['auth_token'])}` }))
        .status,
    ).toBe(200);
    const wrong = Buffer.from(`${account_id}:${'0'.repeat(32)}`).toString('base64');
    expect((await send('GET', base, { authorization: `Basic ${wrong}` })).status).toBe(401);
  });
});
