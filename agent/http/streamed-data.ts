// Replies that are too large to hold: `data` is written piece by piece, as fast as the client
// takes it, and what is known only at the end (revision, next_start_key) follows it.

import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { JsonObject } from '../base/json.ts';
import type { Rendering } from './envelope.ts';

/**
 * Writes `{"data":…,…}`. `pretty_print` does not reach into pieces.
 * @param pieces the JSON text of `data`
 * @param members the rest of the envelope; called after the last piece
 */
export async function sendStreamed(
  response: ServerResponse,
  status: number,
  pieces: AsyncIterable<string>,
  members: () => JsonObject,
  rendering: Rendering,
): Promise<void> {
  const { jsonp } = rendering;
  await writePieces(response, pieces, {
    before() {
      response.statusCode = status;
      response.setHeader(
        'content-type',
        jsonp === undefined ? 'application/json' : 'application/javascript',
      );
      return jsonp === undefined ? '{"data":' : `${jsonp}({"data":`;
    },
    each: (piece) => (jsonp === undefined ? piece : escapeLineSeparators(piece)),
    after: () => `,${JSON.stringify(members()).slice(1)}${jsonp === undefined ? '' : ');'}`,
  });
}

export interface PieceFrame {
  /** Called when the first piece is there: until then an error can still become a reply. */
  before(): string;
  each(piece: string): string;
  after(): string;
}

/** Resolves when all is written, and also when the client has gone away. */
export async function writePieces(
  response: ServerResponse,
  pieces: AsyncIterable<string>,
  frame: PieceFrame,
): Promise<void> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* framed(): AsyncGenerator<string> {
    yield frame.before();
    if (first.done !== true) {
      yield frame.each(first.value);
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
        yield frame.each(next.value);
    }
    yield frame.after();
  }
  try {
    await pipeline(Readable.from(framed()), response);
  } catch (error) {
    const isGone =
      (error as { code?: unknown }).code === 'ERR_STREAM_PREMATURE_CLOSE' ||
      (error as { code?: unknown }).code === 'ECONNRESET';
    if (!isGone) throw error;
  } finally {
    await iterator.return?.();
  }
}

/** U+2028 and U+2029 end a line in older JavaScript but not in JSON. */
function escapeLineSeparators(json: string): string {
  return json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
