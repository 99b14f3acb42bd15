import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../agent/base/json.ts';
import { evaluateRoute } from '../../../agent/routing/evaluate.ts';
import { recogniseInbound } from '../../../agent/routing/inbound.ts';
import { ruleWarnings } from '../../../agent/routing/warnings.ts';
import { ask, compile, found, keepOrder, patterns, resource } from './site.ts';

const odd = fc.oneof(
  fc.constantFrom<unknown>(null, '', '0', 'true', 'false', 0, -1, 7.5, '50', 'NULL', [], {}, true),
  fc.string({ maxLength: 6 }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** A document whose known fields hold now and then what they should, and else anything. */
const document = fc
  .record(
    {
      enabled: odd,
      rules: fc.oneof(odd, fc.array(fc.oneof(fc.constantFrom('^\\+1(\\d+)$', '('), odd))),
      cid_rules: fc.oneof(odd, fc.array(odd)),
      classifiers: fc.oneof(odd, fc.dictionary(fc.constantFrom('did_us', 'emergency', 'x'), odd)),
      flags: fc.oneof(odd, fc.array(odd)),
      require_flags: odd,
      ignore_flags: odd,
      weight_cost: odd,
      emergency: odd,
      gateway_strategy: odd,
      formatters: fc.oneof(
        odd,
        fc.dictionary(
          fc.constantFrom('route', 'diversions', 'outbound_caller_id_number', '__proto__'),
          fc.oneof(
            odd,
            fc.array(fc.record({ regex: odd, value: odd, strip: odd, direction: odd })),
          ),
        ),
      ),
      privacy: odd,
      caller_id_options: odd,
      media: odd,
      gateways: fc.oneof(
        odd,
        fc.array(
          fc.record(
            {
              server: odd,
              port: odd,
              route: odd,
              endpoint_type: fc.oneof(odd, fc.constantFrom('sip', 'freetdm', 'skype', 'amqp')),
              invite_format: fc.oneof(odd, fc.constantFrom('e164', 'npan', 'route')),
              span: odd,
              channel_selection: odd,
              codecs: odd,
              custom_sip_headers: odd,
              custom_channel_vars: odd,
              invite_parameters: fc.oneof(odd, fc.record({ static: odd, dynamic: odd })),
              progress_timeout: odd,
              format_from_uri: odd,
              realm: odd,
            },
            { requiredKeys: [] },
          ),
        ),
      ),
    },
    { requiredKeys: ['rules', 'gateways'] },
  )
  .map((doc) => doc as unknown as JsonObject);

const request = fc.oneof(
  fc.anything(),
  fc.record(
    {
      number: fc.oneof(odd, fc.constantFrom('7735550111', '911', '5550111')),
      flags: fc.oneof(odd, fc.array(odd)),
      caller_id_number: odd,
      custom_sip_headers: fc.oneof(odd, fc.record({ Diversions: odd, Inception: odd })),
      custom_channel_vars: odd,
      requestor_custom_channel_vars: odd,
      call_restriction: odd,
      timeout: odd,
    },
    { requiredKeys: [] },
  ),
);

const call = fc.record({
  number: fc.constantFrom('7735550111', '911', '+442071838750'),
  caller_id_number: fc.constantFrom('+13125550142', null),
  flags: fc.constantFrom<readonly string[]>([], ['a'], ['']),
});

/** `resource/gateway`, or the resource alone when all of it is meant. */
function placeOf(one: { readonly resource_id: string; readonly gateway_index?: number }): string {
  return one.gateway_index === undefined
    ? one.resource_id
    : `${one.resource_id}/${one.gateway_index}`;
}

/** The resource, and each item of its list of gateways, be it a gateway or not. */
function places(id: string, { gateways }: JsonObject): string[] {
  const count = Array.isArray(gateways) ? gateways.length : 0;
  return count === 0 ? [id] : Array.from({ length: count }, (_, index) => `${id}/${index}`);
}

describe('an evaluation', () => {
  it('answers any request over any documents, as JSON', () => {
    fc.assert(
      fc.property(fc.array(document, { maxLength: 4 }), request, (documents, question) => {
        const result = evaluateRoute(question, compile(documents), {
          random: keepOrder,
          explain: true,
        });
        expect(JSON.parse(JSON.stringify(result))).toMatchObject({ result: result.result });
        const legs = result.dial?.legs.length ?? 0;
        const dropped = result.dial?.dropped_bridge_indexes?.length ?? 0;
        if (result.dial !== null) expect(legs + dropped).toBe(result.endpoints.length);
        recogniseInbound(question, [compile(documents)], { explain: true });
      }),
      { numRuns: 400 },
    );
  });

  it('has an endpoint or a reason for every gateway of every resource, and none twice', () => {
    fc.assert(
      fc.property(fc.array(document, { maxLength: 4 }), call, (documents, question) => {
        const set = compile(documents);
        const result = evaluateRoute(question, set, { random: keepOrder, explain: true });
        const endpoints = result.endpoints.map(placeOf);
        expect(new Set(endpoints).size).toBe(endpoints.length);
        // A rule that cannot be used is told of also where another rule of the resource matched.
        const left = result.excluded.filter(({ stage }) => stage !== 'unusable_rule');
        const reasons = new Set(left.map(placeOf));
        const all = set.all().flatMap(({ id, doc }) => places(id, doc));
        all.push(...set.classless().flatMap(([id, doc]) => places(id, doc)));
        for (const place of all) {
          const [id = ''] = place.split('/');
          const told = endpoints.includes(place) || reasons.has(place) || reasons.has(id);
          expect([place, told]).toEqual([place, true]);
        }
        const known = new Set([...all, ...all.map((place) => place.split('/')[0])]);
        for (const place of [...endpoints, ...reasons]) expect(known).toContain(place);
      }),
      { numRuns: 400 },
    );
  });

  it('warns about any document without throwing', () => {
    const { numbers } = compile([]);
    fc.assert(
      fc.property(document, (doc) => {
        for (const warning of ruleWarnings(doc, { patterns, numbers })) {
          expect(warning.message).not.toBe('');
        }
      }),
      { numRuns: 400 },
    );
  });
});

const rule = fc.constantFrom(
  ...['^\\+1(\\d{10})$', '^\\+1773(\\d+)$', '(555\\d{4})$', '415', '^\\+?1?(773\\d{7})$', '^\\+44'],
  ...[
    '^\\+1(?!800)(\\d+)$',
    '^(?>\\+1)(\\d+)',
    '[2-9]{3}$',
    '^\\+1[2-9]\\d{2}555',
    '^\\+1(\\d{9})$',
  ],
);
const plain = fc.record({
  id: fc.stringMatching(/^[abcXYZ09]{1,4}$/),
  weight: fc.integer({ min: 0, max: 4 }),
  rules: fc.array(rule, { maxLength: 3 }),
  flags: fc.uniqueArray(fc.constantFrom('a', 'b')),
});
const site = fc.uniqueArray(plain, { selector: ({ id }) => id, maxLength: 12 });
const asDocuments = (
  list: readonly { id: string; weight: number; rules: string[]; flags: string[] }[],
) =>
  list.map(({ id, weight, rules, flags }) => resource(id, { weight_cost: weight, rules, flags }));
const dialled = fc.constantFrom('7735550111', '+17735550111', '4158867900', '+442071838750');

describe('the order of endpoints', () => {
  it('does not depend on the order in which resources were stored', () => {
    fc.assert(
      fc.property(
        site,
        dialled,
        fc.uniqueArray(fc.constantFrom('a', 'b')),
        (list, number, flags) => {
          const forwards = ask(asDocuments(list), { number, flags });
          const backwards = ask(asDocuments([...list].reverse()), { number, flags });
          expect(backwards).toEqual(forwards);
          const keys = forwards.endpoints.map(({ weight, resource_id }) => [weight, resource_id]);
          const sorted = [...keys].sort(([a = 0, x = ''], [b = 0, y = '']) =>
            a === b ? (x < y ? -1 : 1) : Number(a) - Number(b),
          );
          expect(keys).toEqual(sorted);
        },
      ),
    );
  });

  it('is untouched by a resource that never matches, and by one that came and went', () => {
    fc.assert(
      fc.property(site, plain, dialled, (list, other, number) => {
        const before = ask(asDocuments(list), { number }).endpoints;
        const idle = resource('idle', { rules: ['^\\+999999$', '(?!)', '[^\\d+]'] });
        expect(ask([...asDocuments(list), idle], { number }).endpoints).toEqual(before);
        const set = compile(asDocuments(list));
        set.put(`gone-${other.id}`, resource('x', { rules: other.rules }));
        set.put(`gone-${other.id}`, resource('x', { rules: [...other.rules, '415'] }));
        set.remove(`gone-${other.id}`);
        const question = { number, caller_id_number: '+13125550142' };
        const after = evaluateRoute(question, set, { random: keepOrder });
        expect(after.endpoints).toEqual(before);
      }),
    );
  });

  it('is what trying every rule would give: the index misses none', () => {
    fc.assert(
      fc.property(site, dialled, (list, number) => {
        const documents = asDocuments(list);
        const alone = documents.filter((one) => ask([one], { number }).endpoints.length > 0);
        // Of a rule that looks behind, the index knows nothing: it is always tried.
        const tried = list.map(({ id, rules }) =>
          resource(id, { rules: rules.map((text) => `(?:${text})(?<=.|^)`) }),
        );
        const ids = (result: ReturnType<typeof ask>) => [...found(result)].sort();
        const all = ask(documents, { number });
        fc.pre(all.corrected_number === null);
        expect(ids(all)).toEqual(alone.map(({ _id: id }) => `${id as string}/0`).sort());
        expect(ids(ask(tried, { number }))).toEqual(ids(all));
      }),
    );
  });
});
