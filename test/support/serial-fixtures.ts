// The recorded sessions of test/fixtures/serial-gear, and the ways to cut bytes into pieces.

import { readFileSync } from 'node:fs';

const folder = new URL('../fixtures/serial-gear/', import.meta.url);

export interface Chunk {
  readonly dir: 'tx' | 'rx' | 'eof';
  readonly bytes: Uint8Array;
}

const fromLatin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

/** A session as its chunks: the name of a fixture, or the path of a session log. */
export function readSession(name: string): readonly Chunk[] {
  const file = name.startsWith('/') ? name : new URL(`${name}.jsonl`, folder);
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { dir: Chunk['dir']; data?: string; hex?: string })
    .map(({ dir, data, hex }) => ({
      dir,
      bytes:
        hex === undefined
          ? fromLatin1(data ?? '')
          : Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex')),
    }));
}

/** All bytes the gear sent in a session. */
export function receivedBytes(name: string): Uint8Array {
  const chunks = readSession(name).filter(({ dir }) => dir === 'rx');
  return Uint8Array.from(Buffer.concat(chunks.map(({ bytes }) => bytes)));
}

/** One command's output, with LF line ends as stored. */
export function readOutput(name: string): string {
  return readFileSync(new URL(`${name}.txt`, folder), 'utf8');
}

/** Where the golden of a fixture is kept, for `toMatchFileSnapshot`. */
export function goldenPath(name: string): string {
  return new URL(`goldens/${name}.json`, folder).pathname;
}

export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/**
 * The cuts of `bytes` a decoder must not notice: up to 4 KiB every cut in two and byte by byte;
 * above, byte by byte and 1,000 seeded cuts in many pieces.
 */
export function* cuts(bytes: Uint8Array): Generator<readonly Uint8Array[]> {
  yield Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
  if (bytes.length <= 4096) {
    for (let at = 1; at < bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
    return;
  }
  let seed = 20040714;
  const random = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 2 ** 32;
  for (let round = 0; round < 1000; round++) {
    const pieces: Uint8Array[] = [];
    for (let from = 0; from < bytes.length;) {
      const to = Math.min(bytes.length, from + 1 + Math.floor(random() ** 3 * 400));
      pieces.push(bytes.subarray(from, to));
      from = to;
    }
    yield pieces;
  }
}
