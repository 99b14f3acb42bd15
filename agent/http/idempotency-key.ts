// The header Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): a client that does
// not know whether its request arrived sends it again with the same key, and is answered with
// what came of the first one.

import { createHash } from 'node:crypto';
import { invalidFields } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import type { JobHead, NumberChunks, RepeatKey } from '../service/jobs.ts';
import type { Call } from './route.ts';

export const IDEMPOTENCY_KEY = {
  'Idempotency-Key':
    'Names this request, 1 to 255 characters, best a UUID. Sent again within 24 hours, the same request is answered with the job of the first; another request with the same key is 422',
} as const;

/** The draft's quoted string, or the bare text that most clients send. */
const FORM = /^(?:"([\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x5b\x5d-\x7e]{1,255}))$/;

/** @returns undefined when there is no such header @throws request.invalid */
function keyOf(headers: Call['headers']): string | undefined {
  const text = headers['idempotency-key'];
  if (text === undefined) return undefined;
  const found = typeof text === 'string' ? FORM.exec(text.trim()) : null;
  const key = found?.[1] ?? found?.[2];
  if (key !== undefined) return key;
  throw invalidFields({
    'Idempotency-Key': {
      pattern: { message: 'The key must be 1 to 255 characters without blanks or quotes' },
    },
  });
}

/**
 * @param head and `numbers` are what is asked for, in whatever form it came
 * @returns the numbers, to be read in place of those given; the digest is of what was read
 * @throws request.invalid
 */
export function withRepeatKey(
  headers: Call['headers'],
  head: JobHead,
  numbers: NumberChunks,
): { readonly numbers: NumberChunks; readonly repeat: RepeatKey | undefined } {
  const key = keyOf(headers);
  if (key === undefined) return { numbers, repeat: undefined };
  const hash = createHash('sha256');
  const add = (value: JsonObject | readonly unknown[]): void =>
    void hash.update(`${JSON.stringify(value)}\n`);
  add([head.resourceId, head.doc]);
  return {
    numbers: (async function* () {
      for await (const chunk of numbers) {
        for (const { typed, fields } of chunk) add([typed, fields]);
        yield chunk;
      }
    })(),
    repeat: { key, digest: () => hash.copy().digest('hex') },
  };
}
