// The only place that knows which error is which status, and Crossbar's words for it
// (reference §1.2; the wording differs by path and is copied, quirk 26).

import type { CraftportError, ErrorCode } from '../base/error.ts';
import type { JsonValue } from '../base/json.ts';
import { MAX_BODY_BYTES } from './body.ts';

export interface Problem {
  readonly status: number;
  /** undefined: the reply has no body at all. */
  readonly body: { readonly message: string; readonly data: JsonValue } | undefined;
}

const statusOf: Readonly<Record<ErrorCode, number>> = {
  'request.invalid': 400,
  'request.too-large': 413,
  'request.bad-parameter': 404,
  'request.unsupported-type': 415,
  'request.not-acceptable': 406,
  'request.unknown-path': 404,
  'request.method-not-allowed': 405,
  'request.version-gone': 410,
  'request.key-reused': 422,
  'document.not-found': 404,
  'document.conflict': 409,
  'document.revision-mismatch': 412,
  'account.not-found': 404,
  'account.disabled': 400,
  'auth.missing': 401,
  'auth.bad-token': 401,
  'auth.wrong': 401,
  'auth.wrong-code': 401,
  'auth.unknown-key': 404,
  'auth.forbidden': 403,
  'auth.rate-limited': 429,
  'number.exists': 409,
  'number.not-found': 404,
  'number.not-reconcilable': 404,
  'job.not-found': 404,
  'job.bad-id': 404,
  'job.wrong-state': 409,
  'config.invalid': 500,
  'config.unreadable': 500,
  'config.newer-than-program': 500,
  'config.data-dir-unusable': 500,
  'config.data-dir-in-use': 500,
  'config.port-taken': 500,
  'store.busy': 503,
  'store.full': 503,
  'store.corrupt': 503,
  'store.newer-than-program': 503,
  'store.migration-failed': 503,
  'store.closed': 503,
  'codec.malformed': 502,
  'codec.too-large': 502,
  'transport.not-found': 502,
  'transport.permission': 502,
  'transport.busy': 502,
  'transport.open-failed': 502,
  'transport.lost': 502,
  'transport.unsupported': 400,
  'transport.untrusted': 502,
  'driver.not-connected': 503,
  'driver.login-refused': 502,
  'driver.timeout': 504,
  'driver.denied': 502,
  'driver.out-of-sync': 502,
  'driver.suspended': 409,
  'driver.unexpected-reply': 502,
  'driver.access-refused': 502,
  'secret.unreadable': 500,
  'agent.unreachable': 502,
  'agent.untrusted': 502,
  'agent.pin-changed': 502,
  'agent.incompatible': 502,
  'site.not-found': 404,
  'vault.unavailable': 500,
  'vault.unreadable': 500,
  'ipc.refused': 403,
  'stream.too-many': 503,
};

/** The reply to an expected error. */
export function toProblem(error: CraftportError): Problem {
  const { code, detail } = error;
  const status = statusOf[code];
  const body = (message: string, data: JsonValue): Problem => ({ status, body: { message, data } });
  switch (code) {
    case 'request.invalid':
      return body('validation error', detail['fields'] as JsonValue);
    case 'request.too-large': {
      const limit = typeof detail['limit'] === 'number' ? detail['limit'] : MAX_BODY_BYTES;
      const message = `Payload or Files must not be more than ${String(limit)} bytes`;
      return body('validation error', { file: { maxSize: { message, target: limit } } });
    }
    case 'account.disabled':
      return body('validation error', { account: { disabled: { message: 'account disabled' } } });
    case 'request.bad-parameter':
      return body('faulty_request', { message: error.message });
    case 'request.unsupported-type':
    case 'request.not-acceptable':
    case 'document.revision-mismatch':
      return { status, body: undefined };
    case 'request.unknown-path':
      return body('not_found', { message: 'not found' });
    case 'request.method-not-allowed':
      return body('invalid_method', { message: 'method not allowed' });
    case 'request.version-gone':
      return body('gone', {
        message: 'API version 1 is not supported. Please upgrade your code to use version 2.',
      });
    case 'document.not-found':
      return body('bad_identifier', { message: 'bad identifier', cause: textOf(detail['id']) });
    case 'account.not-found': {
      const id = textOf(detail['id']);
      return body('bad identifier', { message: `invalid account_id '${id}'`, cause: id });
    }
    case 'document.conflict':
      return body('datastore_conflict', { message: 'conflicting documents' });
    case 'auth.missing':
    case 'auth.wrong':
    case 'auth.wrong-code':
      return body('invalid_credentials', { message: 'invalid credentials' });
    case 'auth.bad-token':
      return body('invalid credentials', {});
    case 'auth.unknown-key':
      return body('bad identifier', [textOf(detail['key'])]);
    case 'auth.forbidden':
      return body('forbidden', { message: 'forbidden' });
    case 'auth.rate-limited':
      return body('too_many_requests', { message: 'too many requests' });
    case 'number.exists':
      return body('number_exists', {
        code: 409,
        error: 'number_exists',
        cause: textOf(detail['number']),
        message: `number ${textOf(detail['number'])} already exists`,
      });
    case 'number.not-found':
      return body('bad_identifier', {
        message: 'bad identifier',
        not_found: 'The number could not be found',
      });
    case 'number.not-reconcilable':
      return body('not_reconcilable', { message: 'not reconcilable' });
    case 'job.not-found':
      return body('bad_identifier', { message: 'bad identifier', cause: textOf(detail['id']) });
    case 'job.bad-id':
      return body('bad identifier', [textOf(detail['id'])]);
    case 'store.busy':
    case 'store.closed':
      return body('datastore_unreachable', { message: error.message });
    case 'store.full':
    case 'store.corrupt':
    case 'store.newer-than-program':
    case 'store.migration-failed':
    case 'secret.unreadable':
      return body('datastore_fault', { message: error.message });
    default:
      return body(code.replaceAll(/[.-]/g, '_'), { message: error.message });
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
