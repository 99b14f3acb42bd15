// An event in the plain form: header lines whose values are URL-encoded, a blank line, and a
// body when the inner Content-Length says so (the outer one covers all of it). The plain form
// is the one that keeps repeated headers; in JSON all but the last `alarm` are lost.

import { CraftportError } from '../../base/error.ts';
import { eslText } from './frame.ts';
import { EslHeaders } from './headers.ts';

export interface EslEvent {
  /** `TRAP`, `HEARTBEAT`, `BACKGROUND_JOB`, … */
  readonly name: string;
  /** Decoded. */
  readonly headers: EslHeaders;
  /** Raw, as it was given to the event. */
  readonly body: string;
}

/**
 * @param body of a `text/event-plain` frame
 * @throws codec.malformed
 */
export function decodePlainEvent(body: Uint8Array): EslEvent {
  const end = endOfHeaders(body);
  const headers = EslHeaders.parse(eslText(body.subarray(0, end)), decodePercent);
  const name = headers?.first('Event-Name');
  if (headers === undefined || name === undefined)
    throw new CraftportError('codec.malformed', 'An event without header lines or name', {
      detail: { near: eslText(body.subarray(0, 80)) },
    });
  return { name, headers, body: eslText(innerBody(body.subarray(end), headers)) };
}

function endOfHeaders(body: Uint8Array): number {
  for (let at = body.indexOf(0x0a); at >= 0; at = body.indexOf(0x0a, at + 1))
    if (body[at + 1] === 0x0a) return at + 2;
  return body.length;
}

function innerBody(rest: Uint8Array, headers: EslHeaders): Uint8Array {
  // Some events say it twice (signalwire/freeswitch #505); the same number each time.
  const text = headers.first('Content-Length');
  if (text === undefined) return rest.subarray(0, 0);
  if (!/^\d{1,15}$/.test(text) || Number(text) > rest.length)
    throw new CraftportError('codec.malformed', 'The body of an event is shorter than it says', {
      detail: { said: text, bytes: rest.length },
    });
  return rest.subarray(0, Number(text));
}

/** `%41` → `A`; a percent sign that begins no byte stays. Any bytes: what is no UTF-8 is U+FFFD. */
function decodePercent(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) =>
      eslText(Uint8Array.from(run.slice(1).split('%'), (byte) => Number.parseInt(byte, 16))),
    );
  }
}
