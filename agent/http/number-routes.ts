// Telephone numbers of an account (reference §5.8). Porting and place lookup need a carrier's
// own service and are not here.

import { CraftportError, invalidFields } from '../base/error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { decodePageKey, encodePageKey } from '../document/page-key.ts';
import { isMasterAccount } from '../account/account.ts';
import {
  creatableStates,
  numberDocument,
  numberRow,
  type StoredNumber,
} from '../number/number-document.ts';
import type { NumberService, NumberTarget, NumberTransition } from '../service/numbers.ts';
import { revisionOfRows } from './envelope.ts';
import { toProblem } from './problem.ts';
import type { Call, Endpoint, Reply, Route } from './route.ts';

const PREFIX = '/v2/accounts/:account_id/phone_numbers';
const DEFAULT_PAGE_SIZE = 50;
const LARGEST_PAGE = 10_000;
/** Numbers in one collection call; more are a job. */
const MOST_IN_COLLECTION = 10_000;

export function numberRoutes(numbers: NumberService): Route[] {
  const endpoint = (summary: string, handle: Endpoint['handle']): Endpoint => ({
    access: 'account',
    summary,
    handle,
  });
  const transition = (how: NumberTransition): Route => ({
    path: `${PREFIX}/:number/${how}`,
    methods: {
      PUT: endpoint(`Change the state of a number: ${how}`, async (call) =>
        documentReply(await numbers.transition(targetOf(call), numberOf(call), how)),
      ),
    },
  });
  const collection = (how: 'create' | 'replace' | 'patch' | 'remove'): Endpoint['handle'] => {
    return async (call) => {
      const { numbers: texts, ...data } = listOf(call);
      const { success, errors } = await numbers.collection(targetOf(call), how, texts, data);
      return {
        revision: 'automatic',
        data: {
          success: Object.fromEntries(
            success.map((stored) => [stored.number, numberDocument(stored)]),
          ),
          ...(errors.length === 0
            ? {}
            : { error: Object.fromEntries(errors.map(([text, error]) => [text, errorOf(error)])) }),
        },
      };
    };
  };
  return [
    {
      path: PREFIX,
      methods: { GET: endpoint('List the numbers', (call) => list(numbers, call)) },
    },
    {
      path: `${PREFIX}/classifiers`,
      methods: {
        GET: endpoint('List the classifiers of numbers', () =>
          Promise.resolve({
            data: Object.fromEntries(numbers.classifiers().map(({ name, entry }) => [name, entry])),
            revision: 'automatic',
          }),
        ),
      },
    },
    {
      path: `${PREFIX}/classifiers/:number`,
      methods: {
        GET: endpoint('Say which class a number is in', (call) => {
          const text = numberOf(call);
          const { e164, classifier } = numbers.classify(text);
          if (classifier === undefined)
            throw new CraftportError('number.not-found', 'No classifier matches', {
              detail: { id: e164 },
            });
          return Promise.resolve({
            data: { ...classifier.entry, name: classifier.name, number: text, e164 },
            revision: 'automatic',
          });
        }),
      },
    },
    {
      path: `${PREFIX}/carriers_info`,
      methods: {
        GET: endpoint('Say which carriers and states numbers can have', (call) =>
          Promise.resolve({
            data: {
              maximal_prefix_length: 15,
              usable_carriers: ['local', 'other'],
              usable_creation_states: creatableStates(isMasterAccount(targetOf(call).holder)),
            },
            revision: 'automatic',
          }),
        ),
      },
    },
    {
      path: `${PREFIX}/check`,
      methods: {
        POST: endpoint('Say which of some numbers could be created', async (call) => {
          const { numbers: texts } = listOf(call);
          const available = await numbers.available(targetOf(call).account, texts);
          return {
            data: Object.fromEntries(
              [...available].map(([text, isFree]) => [text, isFree ? 'success' : 'error']),
            ),
            revision: 'automatic',
          };
        }),
      },
    },
    {
      path: `${PREFIX}/collection`,
      methods: {
        PUT: endpoint('Create numbers', collection('create')),
        POST: endpoint('Change (replace) numbers', collection('replace')),
        PATCH: endpoint('Patch (merge into) numbers', collection('patch')),
        DELETE: endpoint('Release numbers', collection('remove')),
      },
    },
    {
      path: `${PREFIX}/:number`,
      methods: {
        GET: endpoint('Fetch a number', async (call) =>
          documentReply(await numbers.fetch(targetOf(call).account, numberOf(call))),
        ),
        PUT: endpoint('Create a number', async (call) => {
          const created = await numbers.create(targetOf(call), numberOf(call), objectOf(call));
          return { ...documentReply(created), location: call.path };
        }),
        POST: endpoint('Change (replace) a number', async (call) =>
          documentReply(await numbers.replace(targetOf(call), numberOf(call), objectOf(call))),
        ),
        PATCH: endpoint('Patch (merge into) a number', async (call) =>
          documentReply(await numbers.patch(targetOf(call), numberOf(call), objectOf(call))),
        ),
        DELETE: endpoint('Release a number', async (call) =>
          documentReply(await numbers.remove(targetOf(call), numberOf(call))),
        ),
      },
    },
    transition('activate'),
    transition('reserve'),
    {
      path: `${PREFIX}/:number/identify`,
      methods: {
        GET: endpoint('Say which account has a number', async (call) => {
          const stored = await numbers.identify(targetOf(call).holder, numberOf(call));
          return {
            data: { account_id: stored.accountId, number: stored.number },
            revision: 'automatic',
          };
        }),
      },
    },
  ];
}

async function list(numbers: NumberService, call: Call): Promise<Reply> {
  const limit = pageSizeOf(call);
  const text = call.query['start_key'];
  const decoded = text === undefined ? undefined : decodePageKey(text);
  const start = typeof decoded === 'string' ? decoded : text;
  const state = call.query['filter_state'];
  const found = await numbers.page(targetOf(call).account, {
    direction: call.query['descending'] === 'true' ? 'descending' : 'ascending',
    startNumber: start === '' ? undefined : start,
    limit: limit + 1,
    ...(state === undefined ? {} : { state }),
  });
  const rows = found.slice(0, limit);
  const next = found[limit];
  const byNumber = Object.fromEntries(rows.map((stored) => [stored.number, numberRow(stored)]));
  const revision = revisionOfRows(byNumber);
  return {
    data: { numbers: byNumber, cascade_quantity: 0 },
    etag: revision,
    ...(rows.length === 0 ? {} : { revision }),
    envelope: {
      page_size: rows.length,
      ...(start === undefined || start === '' ? {} : { start_key: encodePageKey(start) }),
      ...(next === undefined ? {} : { next_start_key: encodePageKey(next.number) }),
    },
  };
}

function documentReply(stored: StoredNumber): Reply {
  return { data: numberDocument(stored), revision: stored.revision, etag: stored.revision };
}

/** One number's failure inside a collection reply: what the single call would have said. */
function errorOf(error: CraftportError): JsonValue {
  const { body } = toProblem(error);
  return body?.data ?? {};
}

function numberOf(call: Call): string {
  return call.parameters['number'] ?? '';
}

function targetOf(call: Call): NumberTarget {
  const { account, identity } = call;
  if (account === undefined || identity === undefined)
    throw new CraftportError('auth.missing', 'A token is needed');
  return {
    account,
    holder: identity.account,
    preconditions: call.preconditions,
    by: call.actor,
  };
}

/** @throws request.invalid */
function objectOf(call: Call): JsonObject {
  if (isJsonObject(call.data)) return call.data;
  throw typeError('data', 'object', call.data);
}

/** @throws request.invalid */
function listOf(call: Call): JsonObject & { readonly numbers: readonly string[] } {
  const data = objectOf(call);
  const { numbers } = data;
  if (numbers === undefined)
    throw invalidFields({
      numbers: { required: { message: 'Field is required but missing', value: 'numbers' } },
    });
  if (!Array.isArray(numbers)) throw typeError('numbers', 'array', numbers);
  const items = numbers as readonly JsonValue[];
  if (items.length > MOST_IN_COLLECTION)
    throw invalidFields({
      numbers: {
        maxItems: {
          message: `The list is more than ${String(MOST_IN_COLLECTION)} items`,
          target: MOST_IN_COLLECTION,
        },
      },
    });
  const texts = items.map((item, index) => {
    if (typeof item !== 'string') throw typeError(`numbers.${String(index)}`, 'string', item);
    return item;
  });
  return { ...data, numbers: texts };
}

function typeError(field: string, target: string, value: JsonValue): CraftportError {
  return invalidFields({
    [field]: { type: { message: `Value did not match type(s): ${target}`, target, value } },
  });
}

/** @throws request.bad-parameter */
function pageSizeOf(call: Call): number {
  const { page_size: text, paginate } = call.query;
  if (paginate === 'false') return LARGEST_PAGE;
  if (text === undefined) return DEFAULT_PAGE_SIZE;
  if (!/^[+-]?\d+$/.test(text))
    throw new CraftportError('request.bad-parameter', 'invalid page size');
  if (Number(text) < 1)
    throw new CraftportError('request.bad-parameter', 'page size must be at least 1');
  return Math.min(Number(text), LARGEST_PAGE);
}
