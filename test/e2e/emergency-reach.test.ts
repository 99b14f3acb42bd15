// An account that can no longer call for help is told of over the API, by a real agent.

import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../agent/base/json.ts';
import { SseClient } from '../bench/support-sse-client.ts';
import { startAgentProcess } from '../support/agent-process.ts';

describe('emergency numbers over HTTP', () => {
  it('raise an alarm when their only resource is disabled, and clear it when it is back', async () => {
    const agent = await startAgentProcess();
    const account = agent.credentials.account_id;
    const list = `/v2/accounts/${account}/resources`;
    const doc = { name: 'FXO', rules: ['^911$'], gateways: [{ server: 'e.example' }] };
    expect((await agent.request('PUT', list, { id: 'only', ...doc })).status).toBe(201);
    const token = await agent.request('PUT', '/v2/api_auth', {
      api_key: agent.credentials.api_key,
    });
    const events = await SseClient.open(`${agent.url}/v2/events?topic=alarm`, {
      'x-auth-token': String(token.body['auth_token']),
    });
    onTestFinished(() => events.close());
    let read = 0;
    /** The next such event whose explanation says so. */
    const next = async (event: string, word: string): Promise<JsonObject> => {
      for (;;) {
        await events.until(() => events.messages.length > read);
        const message = events.messages[read++];
        if (message === undefined) throw new Error(`The stream ended before ${event}`);
        const { data } = JSON.parse(message.data) as { readonly data: JsonObject };
        if (message.event === event && String(data['explanation']).includes(word)) return data;
      }
    };
    const alarms = async (state: string) =>
      (await agent.request('GET', `/v2/alarms?state=${state}`)).body[
        'data'
      ] as readonly JsonObject[];
    // There may have been one before the resource was there.
    await expect.poll(() => alarms('active')).toEqual([]);

    await agent.request('PATCH', `${list}/only`, { enabled: false });
    const raised = await next('alarm.raised', '"FXO": The resource is disabled.');
    expect(raised).toMatchObject({
      name: 'emergency number 911 unreachable',
      severity: 'critical',
      account_id: account,
      state: 'active',
    });
    expect(await alarms('active')).toMatchObject([{ id: raised['id'], acknowledged: false }]);
    const other = await agent.request('GET', `/v2/accounts/${account}/alarms`);
    expect(other.body['data']).toMatchObject([{ id: raised['id'] }]);

    await agent.request('PATCH', `${list}/only`, { enabled: true });
    expect(await next('alarm.cleared', 'FXO')).toMatchObject({ id: raised['id'] });
    expect(await alarms('active')).toEqual([]);
    expect(await alarms('cleared')).toMatchObject([{ id: raised['id'], state: 'cleared' }]);

    await agent.request('PATCH', '/v2/system_configs/number_manager', {
      emergency_countries: ['US', 'DE'],
      emergency_numbers: { DE: ['112'] },
    });
    expect(await next('alarm.raised', '112 (DE)')).toMatchObject({
      name: 'emergency number 112 unreachable',
    });
    events.close();
    expect((await agent.end('SIGTERM'))[0]).toBe(0);
  }, 90_000);
});
