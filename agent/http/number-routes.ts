// Telephone numbers of an account (reference §5.8). Places of numbers are a paid service's to
// know: the lookup is answered, with nothing found.

import { CraftportError, invalidFields } from '../base/error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { isMasterAccount } from '../account/account.ts';
import { creatableStates, numberDocument, type StoredNumber } from '../number/number-document.ts';
import type { NumberService, NumberTarget, NumberTransition } from '../service/numbers.ts';
import { KEYSET_QUERY } from './keyset-page.ts';
import { LIST_TYPES } from './listing.ts';
import { numberListReply } from './number-list.ts';
import { toProblem } from './problem.ts';
import type { Call, Endpoint, Reply, Route } from './route.ts';

const PREFIX = '/v2/accounts/:account_id/phone_numbers';
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
      methods: {
        GET: {
          ...endpoint('List the numbers', (call) => numberListReply(numbers, call)),
          produces: LIST_TYPES,
          query: { ...KEYSET_QUERY, filter_state: 'Only numbers in this state' },
        },
      },
    },
    {
      path: `${PREFIX}/classifiers`,
      methods: {
        GET: endpoint('List the classifiers of numbers', (call) => {
          const classifiers = numbers.classifiers(targetOf(call).account);
          return Promise.resolve({
            data: Object.fromEntries(classifiers.map(({ name, entry }) => [name, entry])),
            revision: 'automatic',
          });
        }),
      },
    },
    {
      path: `${PREFIX}/classifiers/:number`,
      methods: {
        GET: endpoint('Say which class a number is in', (call) => {
          const text = numberOf(call);
          const { e164, classifier } = numbers.classify(targetOf(call).account, text);
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
      path: `${PREFIX}/locality`,
      methods: {
        POST: endpoint('Look up the places of numbers (none are known)', (call) => {
          const { numbers: texts } = listOf(call);
          const unknown = { status: 'error', message: 'no place lookup is configured' };
          return Promise.resolve({
            data: Object.fromEntries(texts.map((text) => [text, unknown])),
            revision: 'automatic',
          });
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
      path: `${PREFIX}/:number/port`,
      methods: {
        PUT: endpoint('Take in a number that is being ported', async (call) => {
          const data = { ...objectOf(call), create_with_state: 'port_in' };
          return documentReply(await numbers.create(targetOf(call), numberOf(call), data));
        }),
      },
    },
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
