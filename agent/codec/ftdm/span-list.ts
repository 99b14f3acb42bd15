// `ftdm list`: the spans that have a signalling stack. Each record begins with a line `+OK`;
// an empty list is `-ERR no reply` (reference: freetdm §3.1).

import { CraftportError } from '../../base/error.ts';
import { refusedReply } from './reply.ts';

export interface ListedSpan {
  readonly id: number;
  readonly name: string;
  /** Signalling stack: `isdn`, `analog`, `analog_em`, `R2`, `Sangoma (ISDN)`, … */
  readonly type: string;
  /** Of channel 1 only, whatever the name says. */
  readonly physicalStatus: string;
  /** undefined: the stack cannot tell for a whole span (SS7). */
  readonly signallingStatus: string | undefined;
  readonly channelCount: number;
  /** Every line of the record, in order, also what is not named here. */
  readonly fields: ReadonlyMap<string, string>;
}

/** @throws codec.malformed, driver.denied (with `detail.reply`) */
export function parseSpanList(text: string): readonly ListedSpan[] {
  if (text.startsWith('-ERR no reply')) return [];
  const refused = refusedReply('ftdm list', text);
  if (refused !== undefined) throw refused;
  const records: string[][] = [];
  for (const line of text.split('\n')) {
    if (line === '+OK') records.push([]);
    else if (line !== '') {
      const record = records.at(-1);
      if (record === undefined) throw unreadable(line);
      record.push(line);
    }
  }
  return records.map(parseRecord);
}

function parseRecord(lines: readonly string[]): ListedSpan {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const at = line.indexOf(':');
    if (at < 1) throw unreadable(line);
    fields.set(line.slice(0, at), line.slice(at + 1).replace(/^ /, ''));
  }
  const span = /^(\d{1,9}) \((.*)\)$/.exec(fields.get('span') ?? '');
  const count = /^\d{1,9}$/.exec(fields.get('chan_count') ?? '');
  const [, id, name] = span ?? [];
  const type = fields.get('type');
  if (id === undefined || name === undefined || count === null || type === undefined)
    throw unreadable(lines[0] ?? '');
  return {
    id: Number(id),
    name,
    type,
    physicalStatus: fields.get('physical_status') ?? '',
    signallingStatus: fields.get('signaling_status'),
    channelCount: Number(count[0]),
    fields,
  };
}

function unreadable(near: string): CraftportError {
  return new CraftportError('codec.malformed', 'The reply to `ftdm list` cannot be read', {
    detail: { near: near.slice(0, 80) },
  });
}
