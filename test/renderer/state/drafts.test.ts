// What of a resource is kept in the browser: against the shipped schemas.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../agent/client/index.ts';
import { isPublic, type Schemas } from '../../../renderer/form/schema.ts';
import type { Memory } from '../../../renderer/host/host.ts';
import { createDrafts } from '../../../renderer/state/drafts.ts';
import { shippedCatalog } from '../../schemas/shipped-catalog.ts';

const schemas = Object.fromEntries(
  shippedCatalog.names().map((name) => [name, shippedCatalog.document(name)]),
) as unknown as Schemas;

function open(known = schemas) {
  const kept = new Map<string, string>();
  const memory: Memory = {
    load: (key) => kept.get(key),
    save: (key, value) => {
      if (value === undefined) kept.delete(key);
      else kept.set(key, value);
    },
    keys: () => [...kept.keys()],
  };
  const drafts = createDrafts(memory, 'site.account', (path) => isPublic(known, 'resources', path));
  return { drafts, text: () => [...kept.values()].join() };
}

const typed: JsonObject = {
  name: 'Carrier',
  rules: ['^\\+?1(\\d{10})$'],
  ui_pin: 'SECRET-1',
  vendor: { login: { code: 'SECRET-2' }, note: 'SECRET-3' },
  classifiers: { tollfree_us: { enabled: true, weight_cost: 5 } },
  formatters: { to: [{ prefix: '9' }] },
  gateways: [
    {
      server: 'sip.example',
      username: 'u',
      password: 'SECRET-4',
      door_code: 'SECRET-5',
      custom_sip_headers: { out: { 'X-Site': 'mill', 'X-Auth-Token': 'SECRET-6' } },
    },
  ],
};

describe('drafts', () => {
  it('keep what the schema knows to be no secret, and nothing else', () => {
    const { drafts, text } = open();
    drafts.save('r', { document: typed, base: typed, revision: '1', savedMs: 5 });
    expect(text()).not.toContain('SECRET');
    expect(drafts.load('r')?.document).toEqual({
      name: 'Carrier',
      rules: ['^\\+?1(\\d{10})$'],
      classifiers: { tollfree_us: { enabled: true, weight_cost: 5 } },
      formatters: { to: [{ prefix: '9' }] },
      gateways: [
        {
          server: 'sip.example',
          username: 'u',
          custom_sip_headers: { out: { 'X-Site': 'mill' } },
        },
      ],
    });
    expect(drafts.keys()).toEqual(['r']);
  });

  it('leave out what a schema marks as a secret, whatever its name and in any alternative', () => {
    const secret = { type: 'string', 'x-secret': true };
    const marked: Schemas = {
      resources: {
        properties: {
          name: { type: 'string' },
          community: secret,
          login: { 'x-secret': true, properties: { user: { type: 'string' } } },
          door: { $ref: 'door' },
          line: { oneOf: [{ type: 'string' }, { items: secret }] },
          either: { anyOf: [{ type: 'integer' }, secret] },
        },
      },
      door: { properties: { code: secret, side: { type: 'string' } } },
    };
    const { drafts, text } = open(marked);
    const document: JsonObject = {
      name: 'Carrier',
      community: 'SECRET-1',
      login: { user: 'SECRET-2' },
      door: { code: 'SECRET-3', side: 'left' },
      either: 'SECRET-4',
    };
    drafts.save('r', { document, base: document, revision: '1', savedMs: 5 });
    expect(text()).not.toContain('SECRET');
    const kept = drafts.load('r')?.document ?? {};
    expect(kept).toEqual({ name: 'Carrier', door: { side: 'left' } });
    expect(drafts.complete(kept, document)).toEqual(document);
  });

  it('come back whole with the stored version, and take nothing from it that was deleted', () => {
    const { drafts } = open();
    const withoutRules = Object.fromEntries(
      Object.entries(typed).filter(([key]) => key !== 'rules'),
    );
    drafts.save('r', {
      document: { ...withoutRules, name: 'New' },
      base: typed,
      revision: '1',
      savedMs: 5,
    });
    const draft = drafts.load('r');
    expect(drafts.complete(draft?.document ?? {}, typed)).toEqual({ ...withoutRules, name: 'New' });
    expect(drafts.complete(draft?.base ?? {}, typed)).toEqual(typed);
  });

  it('give each gateway its own password again, moved, changed or beside a new one', () => {
    const { drafts } = open();
    const gateway = (server: string, more: JsonObject = {}): JsonObject => ({
      server,
      port: 5060,
      enabled: true,
      endpoint_type: 'sip',
      ...more,
    });
    const [a, b] = [gateway('a', { password: 'of-a' }), gateway('b', { password: 'of-b' })];
    const stored: JsonObject = { gateways: [a, b], formatters: { to: { regex: 'x', odd: 1 } } };
    const completed = (document: JsonObject): JsonObject => {
      drafts.save('r', { document, base: stored, revision: '1', savedMs: 5 });
      return drafts.complete(drafts.load('r')?.document ?? {}, stored);
    };
    const changed = { ...b, port: 5061 };
    for (const gateways of [[b, a], [changed, a], [changed], [gateway('c', { port: 1 }), b, a]])
      expect(completed({ gateways })).toEqual({ gateways });
    expect(completed({ gateways: [b, { server: 'new' }] })).toEqual({
      gateways: [b, { server: 'new' }],
    });
    const rules = [{ strip: true }, { regex: 'x', odd: 1 }];
    expect(completed({ formatters: { to: rules } })).toEqual({ formatters: { to: rules } });
  });
});
