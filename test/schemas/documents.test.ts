import type AjvDraft04 from 'ajv-draft-04';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../agent/base/json.ts';
import { isSecretKey } from '../../agent/base/mask.ts';
import { shippedCatalog } from './shipped-catalog.ts';

const names = shippedCatalog.names();
const documents = names.map((name) => [name, shippedCatalog.document(name) ?? {}] as const);

const { default: Ajv } = createRequire(import.meta.url)('ajv-draft-04') as typeof AjvDraft04;
const metaSchema = new Ajv({ strict: true, strictTypes: false });

/** Every schema within `schema`, itself first, each with where it stands. */
function* schemasWithin(schema: JsonObject, path = ''): Generator<readonly [string, JsonObject]> {
  yield [path, schema];
  const maps = ['properties', 'patternProperties'];
  for (const [keyword, value] of Object.entries(schema)) {
    const within: [string, JsonValue][] = [];
    if (maps.includes(keyword) && isJsonObject(value)) within.push(...Object.entries(value));
    else if (keyword === 'items' || keyword === 'additionalProperties') within.push(['', value]);
    else if (Array.isArray(value) && /^(?:one|any)Of$/.test(keyword)) {
      const branches: readonly JsonValue[] = value;
      within.push(
        ...branches.map((branch, index) => [String(index), branch] as [string, JsonValue]),
      );
    }
    for (const [key, member] of within) {
      if (isJsonObject(member)) yield* schemasWithin(member, `${path}/${keyword}/${key}`);
    }
  }
}

describe('the documents', () => {
  it('are these', () => {
    expect(names).toEqual([
      'accounts',
      'alarm_acknowledgements',
      'alarms',
      'api_auth',
      'cables',
      'channels',
      'custom_sip_headers',
      'endpoint.media',
      'formatters',
      'formatters.format_options',
      'gear',
      'gear_frames',
      'gear_identifications',
      'gear_identify',
      'gear_options.freetdm',
      'gear_options.generic_cli',
      'gear_options.ios',
      'gear_options.tl1',
      'gear_state',
      'pairing',
      'phone_numbers',
      'resource_jobs',
      'resource_selector_rules',
      'resource_selectors',
      'resource_templates',
      'resources',
      'serial_port_probe',
      'serial_port_probes',
      'serial_ports',
      'sites',
      'span_performance',
      'spans',
      'spans.local',
      'system_config.crossbar',
      'system_config.crossbar.auth',
      'system_config.crossbar.resources',
      'system_config.number_manager',
      'system_config.stepswitch',
      'user_auth',
      'users',
    ]);
  });

  it.each(documents)('%s is a draft-04 schema named after its file', (name, document) => {
    expect(document).toMatchObject({ id: name, type: 'object' });
    expect(metaSchema.validateSchema(document)).toBe(true);
  });

  it.each(documents)('%s refers to documents by bare name', (_, document) => {
    for (const [, schema] of schemasWithin(document)) {
      if ('$ref' in schema) expect(names).toContain(schema.$ref);
    }
  });

  it.each(documents)('%s helps with every field it names', (_, document) => {
    for (const [path, schema] of schemasWithin(document)) {
      // The one object without a help text in Kazoo's table.
      const isField = /\/properties\/[^/]+$/.test(path) && !path.endsWith('/invite_parameters');
      if (isField && !('$ref' in schema)) expect(schema, path).toHaveProperty('description');
    }
  });

  it.each(documents)('%s marks as secret what the agent masks, and nothing else', (_, document) => {
    for (const [path, schema] of schemasWithin(document)) {
      const field = /\/properties\/([^/]+)$/.exec(path)?.[1];
      if (field !== undefined) expect(schema['x-secret'] ?? false, path).toBe(isSecretKey(field));
    }
  });

  it.each(documents)('%s has defaults where they take effect, and valid ones', (name, document) => {
    const validator = shippedCatalog.validator(name);
    const unreachable = [...schemasWithin(document)].filter(
      ([path, schema]) =>
        'default' in schema && /\/(?:one|any)Of\/|\/patternProperties\//.test(path),
    );
    expect(unreachable).toEqual([]);
    // Filled into an otherwise complete document, no default breaks a rule.
    const complete: Record<string, JsonObject> = {
      accounts: { name: 'a' },
      alarms: {
        id: 'i',
        key: 'k',
        name: 'RED',
        severity: 'major',
        explanation: '',
        state: 'active',
        raised_at: 't',
        last_raised_at: 't',
        count: 1,
        acknowledged: false,
      },
      api_auth: { api_key: 'k'.repeat(64) },
      cables: { freetdm: { gear_id: 'g', span: '1' }, device: { label: 'port 7' } },
      channels: {
        timeslot: 1,
        number: 1,
        type: 'B',
        state: 'idle',
        alarm: false,
        read_at: 't',
      },
      gear: { name: 'n', driver: 'd', link: 'l' },
      gear_frames: { sequence: 1, at: 't', direction: 'sent', text: '', decoded: '' },
      gear_identifications: { driver: 'd', score: 1, identity: {}, evidence: '' },
      gear_identify: { link: 'l' },
      'gear_options.generic_cli': { profile: 'frr' },
      gear_state: { link: 'down', spans: 0, active_alarms: 0, findings: [], identity: {} },
      resource_jobs: { numbers: ['1'], resource_id: 'r' },
      resource_selectors: { name: 'a', resource: 'b', selector: 'c' },
      resource_templates: { template_name: 'a' },
      resources: { name: 'a', gateways: [{ server: 's' }], media: {}, classifiers: { a: {} } },
      serial_port_probe: { link: 'serial:///dev/ttyS0' },
      serial_port_probes: { samples: [] },
      serial_ports: { id: '/dev/ttyS0', device: '/dev/ttyS0', held_by: [] },
      sites: {
        version: '1',
        at: 't',
        alarms: { critical: 0, major: 0, minor: 0, warning: 0, unacknowledged: 0 },
        jobs: { running: 0, paused: 0 },
      },
      span_performance: {
        sequence: 1,
        kind: 'interval',
        intervals: 1,
        end: 'near',
        counters: { ES: 3 },
        read_at: 't',
      },
      spans: {
        id: 'i',
        gear_id: 'g',
        native: '1',
        name: 'n',
        kind: 'E1',
        slots: 31,
        slot_set: '1-31',
        admin: 'up',
        signalling: 'up',
        running: 'started',
        order: { kind: 'unknown' },
        capabilities: [],
        detail: {},
        caveats: [],
        link: 'connected',
        stale: false,
        channels: {
          idle: 0,
          busy: 0,
          blocked: 0,
          out_of_service: 0,
          unknown: 0,
          alarm: 0,
          total: 0,
        },
        active_alarms: 0,
        dialled_by: [],
        findings: [],
        read_at: 't',
      },
      pairing: { code: 'ABCD-EFGH' },
      user_auth: { credentials: 'c' },
    };
    const input = complete[name] ?? {};
    expect(validator.validate(input)).toMatchObject(input);
  });

  it('name the defaults of the resources table, and no others', () => {
    const { resources, ...rest } = Object.fromEntries(
      ['resources', 'endpoint.media', 'system_config.crossbar.resources'].map((name) => [
        name,
        Object.fromEntries(
          [...schemasWithin(shippedCatalog.document(name) ?? {})]
            .filter(([, schema]) => 'default' in schema)
            .map(([path, schema]) => [
              path.replaceAll(/\/(?:properties|items|additionalProperties)\//g, '.').slice(1),
              schema.default,
            ]),
        ),
      ]),
    );
    expect(resources).toEqual({
      'classifiers..emergency': false,
      'classifiers..enabled': true,
      'classifiers..weight_cost': 50,
      emergency: false,
      enabled: true,
      flags: [],
      'gateways..channel_selection': 'ascending',
      'gateways..enabled': true,
      'gateways..endpoint_type': 'sip',
      'gateways..force_port': false,
      'gateways..invite_format': 'route',
      'gateways..port': 5060,
      'gateways..skype_rr': true,
      grace_period: 5,
      rules: [],
      weight_cost: 50,
    });
    expect(rest).toEqual({
      'endpoint.media': {
        audio: {},
        encryption: {},
        'encryption.enforce_security': false,
        'encryption.methods': [],
        video: {},
        'video.codecs': [],
      },
      'system_config.crossbar.resources': {
        allow_peers: false,
        collection_reply: 'documented',
        job_recovery_threshold_s: 3600,
        job_recovery_timeout_s: 21600,
      },
    });
  });
});

describe('the patterns', () => {
  const patterns = new Map<string, string>();
  for (const [name, document] of documents) {
    for (const [path, { pattern, patternProperties }] of schemasWithin(document)) {
      if (typeof pattern === 'string') patterns.set(pattern, name + path);
      if (patternProperties === undefined || !isJsonObject(patternProperties)) continue;
      for (const key of Object.keys(patternProperties)) patterns.set(key, name + path);
    }
  }
  const examples: Readonly<Record<string, { yes: readonly string[]; no: readonly string[] }>> = {
    // [:alnum:] is ASCII here; a dash is no letter.
    '^[A-Za-z0-9_]+$': { yes: ['from', 'Caller_ID_2', '_'], no: ['', 'a-b', 'a b', 'é', 'a\n'] },
    // A-z also takes what stands between Z and a: [ \ ] ^ _ `
    '^[a-zA-z0-9_\\-]+$': {
      yes: ['X-Reseller-ID', 'a_b', '[', '\\', ']', '^', '`', '0'],
      no: ['', 'a b', 'a:b', 'a.b', '@', '{', 'é', 'a\n'],
    },
    '^[.\\w_-]+$': { yes: ['sip.example-1.com', '_a.b'], no: ['', 'a b', 'a/b', 'é.com', 'a\n'] },
    '^[A-Z]{2}$': { yes: ['US', 'DE'], no: ['us', 'USA', 'U', '', 'ÄÖ', 'US\n'] },
    '^[0-9*#]{2,15}$': { yes: ['112', '*31#', '000'], no: ['', '1', '+112', '1 1', '112\n'] },
    '^SHA256:[A-Za-z0-9+/]{43}$': {
      yes: [`SHA256:${'aZ0+/'.repeat(8)}abc`],
      no: [
        '',
        'SHA256:',
        `SHA256:${'a'.repeat(44)}`,
        `sha256:${'a'.repeat(43)}`,
        `${'a'.repeat(43)}=`,
      ],
    },
    'custom_channel_vars\\..*': {
      yes: ['custom_channel_vars.account_id', 'custom_channel_vars.'],
      no: ['custom_channel_vars', 'custom_channel_varsXa', 'zone'],
    },
    'custom_sip_headers\\..*': {
      yes: ['custom_sip_headers.X-A'],
      no: ['custom_sip_headers', 'custom_sip_headersXa'],
    },
  };

  it('are all tried here', () => {
    expect([...patterns.keys()].sort()).toEqual(Object.keys(examples).sort());
  });

  it.each(Object.entries(examples))(
    '%s takes what it should and no more',
    (pattern, { yes, no }) => {
      // As ajv reads patterns.
      const expression = new RegExp(pattern, 'u');
      expect(yes.filter((text) => !expression.test(text))).toEqual([]);
      expect(no.filter((text) => expression.test(text))).toEqual([]);
    },
  );
});
