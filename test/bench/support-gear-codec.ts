// How fast the event socket's bytes are read: recorded streams, whole and in the pieces a
// socket gives, with their events decoded and the dumps parsed.

import { readFileSync } from 'node:fs';
import { decodePlainEvent } from '../../agent/codec/esl/event.ts';
import { EslFrameReader, eslText } from '../../agent/codec/esl/frame.ts';
import { parseChannelDump } from '../../agent/codec/ftdm/channel-dump.ts';
import { signallingChange } from '../../agent/codec/ftdm/signalling.ts';
import { alarmTrap } from '../../agent/codec/ftdm/trap.ts';

const CASES = [
  ['alarm storm (31 TRAP)', 'alarm/1-red-raised.events-plain.out'],
  ['channel events of a call', 'call/events-plain-up-down.out'],
  ['log lines', 'span/libpri-log-info-stream.out'],
  ['dump of an E1', 'api/ftdm_dump_E1_NET.out'],
] as const;
const PIECE_BYTES = 16_384;
const BYTES = 64 * 1024 * 1024;

/** Prints MB of the codec in a second of a core; the wanted figure is 20. */
export function benchGearCodec(): void {
  const root = new URL('../../../test/fixtures/freetdm/', import.meta.url);
  for (const [what, file] of CASES) {
    const once = new Uint8Array(readFileSync(new URL(file, root)));
    const stream = repeated(once, 1_000_000);
    for (const isDecoded of [false, true]) {
      run(stream, isDecoded, BYTES / 8);
      const before = process.cpuUsage();
      const { bytes, frames } = run(stream, isDecoded, BYTES);
      const { user, system } = process.cpuUsage(before);
      const seconds = (user + system) / 1e6;
      console.log(
        `${what.padEnd(26)} ${isDecoded ? 'frames and meaning' : 'frames only       '} ${String(Math.round(bytes / 1e6 / seconds)).padStart(6)} MB/s of a core  ${String(Math.round(frames / seconds)).padStart(8)} frames/s`,
      );
    }
  }
}

function repeated(once: Uint8Array, atLeast: number): Uint8Array {
  const times = Math.ceil(atLeast / once.length);
  const all = new Uint8Array(once.length * times);
  for (let at = 0; at < times; at += 1) all.set(once, at * once.length);
  return all;
}

function run(
  stream: Uint8Array,
  isDecoded: boolean,
  total: number,
): { readonly bytes: number; readonly frames: number } {
  const reader = new EslFrameReader();
  let bytes = 0;
  let frames = 0;
  let meant = 0;
  while (bytes < total)
    for (let at = 0; at < stream.length; at += PIECE_BYTES) {
      const piece = stream.subarray(at, at + PIECE_BYTES);
      bytes += piece.length;
      for (const frame of reader.push(piece)) {
        frames += 1;
        if (!isDecoded) continue;
        if (frame.contentType === 'text/event-plain') {
          if (alarmTrap(decodePlainEvent(frame.body)) !== undefined) meant += 1;
        } else if (frame.contentType === 'log/data') {
          if (signallingChange(frame) !== undefined) meant += 1;
        } else if (frame.contentType === 'api/response')
          meant += parseChannelDump(eslText(frame.body)).length;
      }
    }
  // Used, so that no engine may leave the work out.
  if (meant < 0) throw new RangeError('impossible');
  return { bytes, frames };
}
