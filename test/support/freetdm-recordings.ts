// Bytes of a real FreeSWITCH with mod_freetdm, and what was sent to get them.

import { readFileSync } from 'node:fs';

export interface Recording {
  readonly file: string;
  /** The client's bytes; null: they are in an earlier file of the folder. */
  readonly sent: string | null;
  /** Content types in order, `name xN` for N in a row. */
  readonly frames: readonly string[];
  readonly bytes: Uint8Array;
}

const folder = new URL('../fixtures/freetdm/', import.meta.url);

const index = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')) as readonly {
  readonly file: string;
  readonly sent: string | null;
  readonly frames: readonly string[];
}[];

export const RECORDINGS: readonly Recording[] = index.map((entry) => ({
  ...entry,
  bytes: new Uint8Array(readFileSync(new URL(entry.file, folder))),
}));

export function recording(file: string): Recording {
  const found = RECORDINGS.find((each) => each.file === file);
  if (found === undefined) throw new RangeError(`No recording ${file}`);
  return found;
}

/** What stands behind the head of the only frame of a recording. */
export function recordedBody(file: string): string {
  const text = Buffer.from(recording(file).bytes).toString('utf8');
  return text.slice(text.indexOf('\n\n') + 2);
}

/** Numbers that look random and are the same each time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
