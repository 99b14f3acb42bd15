// Recorded frames, cut as sockets cut them: at every byte, and in many pieces.

import { describe, expect, it } from 'vitest';
import { type EslFrame, EslFrameReader } from '../../../../agent/codec/esl/frame.ts';
import { RECORDINGS, seeded } from '../../../support/freetdm-recordings.ts';
import { roundsOf } from '../../../support/soak.ts';

const WAYS = roundsOf({ test: 100, soak: 3_000 });

function framesOf(...pieces: readonly Uint8Array[]): readonly EslFrame[] {
  const reader = new EslFrameReader();
  return pieces.flatMap((piece) => [...reader.push(piece)]);
}

/** Where two decodings differ, in words; undefined: nowhere. Cheaper than a matcher. */
function difference(found: readonly EslFrame[], wanted: readonly EslFrame[]): string | undefined {
  if (found.length !== wanted.length)
    return `${String(found.length)} frames instead of ${String(wanted.length)}`;
  for (const [at, { headers, body }] of found.entries()) {
    const other = wanted[at];
    if (other === undefined || Buffer.compare(body, other.body) !== 0)
      return `the body of frame ${String(at)}`;
    if (
      headers.entries.length !== other.headers.entries.length ||
      !headers.entries.every(([name, value], line) => {
        const [otherName, otherValue] = other.headers.entries[line] ?? [];
        return otherName === name && otherValue === value;
      })
    )
      return `the headers of frame ${String(at)}`;
  }
  return undefined;
}

describe('recorded frames', () => {
  const short = RECORDINGS.filter(({ bytes }) => bytes.length > 0 && bytes.length <= 4096);
  const long = RECORDINGS.filter(({ bytes }) => bytes.length > 4096);

  it(`are the same at every split of the ${String(short.length)} files up to 4 KB`, () => {
    for (const { file, bytes } of short) {
      const whole = framesOf(bytes);
      for (let at = 1; at < bytes.length; at += 1) {
        const found = framesOf(bytes.subarray(0, at), bytes.subarray(at));
        const wrong = difference(found, whole);
        if (wrong !== undefined) expect.fail(`${file} split at ${String(at)}: ${wrong}`);
      }
    }
  });

  it('are the same byte by byte', () => {
    for (const { file, bytes } of RECORDINGS) {
      const reader = new EslFrameReader();
      const found: EslFrame[] = [];
      for (let at = 0; at < bytes.length; at += 1)
        found.push(...reader.push(bytes.subarray(at, at + 1)));
      const wrong = difference(found, framesOf(bytes));
      if (wrong !== undefined) expect.fail(`${file}: ${wrong}`);
    }
  });

  it(`are the same at ${String(WAYS)} seeded ways to cut each of the ${String(long.length)} longer files`, () => {
    for (const { file, bytes } of long) {
      const whole = framesOf(bytes);
      const random = seeded(bytes.length);
      for (let way = 0; way < WAYS; way += 1) {
        // One to eight cuts, as reads of a socket have them.
        const cuts = Array.from({ length: 1 + Math.floor(random() * 8) }, () =>
          Math.floor(random() * bytes.length),
        ).sort((a, b) => a - b);
        const pieces = [...cuts, bytes.length].map((end, index) =>
          bytes.subarray(index === 0 ? 0 : cuts[index - 1], end),
        );
        const wrong = difference(framesOf(...pieces), whole);
        if (wrong !== undefined) expect.fail(`${file} cut at ${cuts.join(', ')}: ${wrong}`);
      }
    }
  });
});
