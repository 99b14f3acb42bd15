// The parts of a call that an endpoint may count on because of its access.

import type { Account, Identity } from '../account/account.ts';
import { invalidFields } from '../base/error.ts';
import { isJsonObject, type JsonObject } from '../base/json.ts';
import { maskSecrets } from '../base/mask.ts';
import type { Call } from './route.ts';

/** The verified token; the pipeline lets nobody without one through unless access is `open`. */
export function identityOf(call: Call): Identity {
  if (call.identity === undefined) throw new TypeError('The endpoint needs an identity');
  return call.identity;
}

/** The account in the path; there whenever the path has `:account_id`. */
export function accountOf(call: Call): Account {
  if (call.account === undefined) throw new TypeError('The path needs an account');
  return call.account;
}

/** @throws request.invalid when `data` is an array where one document is meant */
export function objectOf(data: Call['data']): JsonObject {
  if (isJsonObject(data)) return data;
  throw invalidFields({
    data: {
      type: {
        message: 'Value did not match type(s): object',
        target: 'object',
        value: maskSecrets(data),
      },
    },
  });
}
