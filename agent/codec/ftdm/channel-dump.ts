// `ftdm dump <span> [<chan>]`: one record a channel, 26 lines in a fixed order. Seven of them
// hold text of whoever calls, unescaped, line breaks and all; such text must neither hide a
// channel nor make one up. What holds:
//   - a record begins where all 17 lines before the caller's stand in a row in their strict
//     form. That is over 300 characters; a name has 80 at most, a number 32.
//   - it ends at its last pair of `cause` and `session`: nothing of a caller comes after.
//   - between, the fields are found from the end, so that a name swallows what it pretends.
// A dump of a span whose callers' texts have no line break is read in one go; any other with
// these rules.

import { CraftportError } from '../../base/error.ts';
import { refusedReply } from './reply.ts';

export const ALARM_WORDS = ['red', 'yellow', 'rai', 'blue', 'ais', 'general'] as const;
export type AlarmWord = (typeof ALARM_WORDS)[number];

export interface ChannelRecord {
  readonly spanId: number;
  readonly channelId: number;
  readonly physicalSpanId: number;
  readonly physicalChannelId: number;
  /** `alarmed` may come without any word (kernel LOS, LFA, LMFA of DAHDI). */
  readonly isAlarmed: boolean;
  readonly alarms: readonly AlarmWord[];
  readonly signallingStatus: string;
  /** B, DQ921, DQ931, FXS, FXO, EM, CAS. */
  readonly type: string;
  readonly state: string;
  readonly lastState: string;
  readonly txGainDb: number;
  readonly rxGainDb: number;
  readonly callerName: string;
  readonly callerNumber: string;
  readonly ani: string;
  readonly dnis: string;
  readonly rdnis: string;
  readonly cause: string;
  /** UUID of the call; undefined: none. */
  readonly session: string | undefined;
  /** The session is gone and the channel still points at it. */
  readonly isSessionDead: boolean;
}

const HEAD_LINES = [
  'span_id: (\\d{1,9})',
  'chan_id: (\\d{1,9})',
  'physical_span_id: (\\d{1,9})',
  'physical_chan_id: (\\d{1,9})',
  'physical_status: (ok|alarmed)',
  ...ALARM_WORDS.map((word) => `physical_status_${word}: ([01])`),
  'signaling_status: ([A-Z]*)',
  'type: ([A-Za-z0-9]*)',
  'state: ([A-Z_]*)',
  'last_state: ([A-Z_]*)',
  'txgain: ([-+.\\dainf]+)',
  'rxgain: ([-+.\\dainf]+)',
];
const CALLER_FIELDS = ['cid_date', 'cid_name', 'cid_num', 'ani', 'aniII', 'dnis', 'rdnis'] as const;
const HEAD = new RegExp([...HEAD_LINES, ''].join('\\n'), 'y');
const PLAIN_RECORD = new RegExp(
  [
    ...HEAD_LINES,
    ...CALLER_FIELDS.map((name) => `${name}: ([^\\n]*)`),
    'cause: ([A-Z0-9_]*)',
    'session: ([^\\n]*)',
    '',
    '',
  ].join('\\n'),
  'y',
);
const NO_ALARMS: readonly AlarmWord[] = [];
const FIRST_CALLER_GROUP = HEAD_LINES.length + 1;
const FIRST_LINE = 'span_id: ';
const TAIL = /\ncause: ([A-Z0-9_]*)\nsession: ([^\n]*)(?:\n|$)/g;

/**
 * @param text of a whole span, or of one channel (its history of states is passed over)
 * @returns channels in the order they came
 * @throws codec.malformed; driver.denied for a refusal
 */
export function parseChannelDump(text: string): readonly ChannelRecord[] {
  const refused = refusedReply('ftdm dump', text);
  if (refused !== undefined) throw refused;
  const plain = plainRecords(text);
  if (plain !== undefined) return plain;
  const heads: { readonly match: RegExpExecArray; readonly end: number }[] = [];
  for (let at = text.indexOf(FIRST_LINE); at >= 0; at = text.indexOf(FIRST_LINE, at + 1)) {
    if (at > 0 && text[at - 1] !== '\n') continue;
    HEAD.lastIndex = at;
    const match = HEAD.exec(text);
    if (match !== null) heads.push({ match, end: HEAD.lastIndex });
  }
  const start = heads[0]?.match.index;
  // A span without channels answers `+OK` alone.
  if (start === undefined ? !/^\+OK\s*$/.test(text) : !/^(?:\+OK\n)?$/.test(text.slice(0, start)))
    throw unreadable(text);
  return heads.map(({ match, end }, index) =>
    readRecord(match, text.slice(end - 1, heads[index + 1]?.match.index ?? text.length)),
  );
}

/**
 * The records of a whole span when each is followed by the head of the next, or by nothing at
 * all; undefined otherwise. What a caller sends can end a record early, but neither of these can
 * follow then.
 */
function plainRecords(text: string): readonly ChannelRecord[] | undefined {
  if (!text.startsWith('+OK\n')) return undefined;
  const records: ChannelRecord[] = [];
  for (let at = 4; at < text.length; at = PLAIN_RECORD.lastIndex) {
    PLAIN_RECORD.lastIndex = at;
    const match = PLAIN_RECORD.exec(text);
    if (match === null) return undefined;
    const group = (index: number): string => match[FIRST_CALLER_GROUP + index] ?? '';
    records.push(
      record(
        match,
        {
          callerName: group(1),
          callerNumber: group(2),
          ani: group(3),
          dnis: group(5),
          rdnis: group(6),
        },
        group(7),
        group(8),
      ),
    );
  }
  return records;
}

function readRecord(head: RegExpExecArray, rest: string): ChannelRecord {
  const tail = [...rest.matchAll(TAIL)].at(-1);
  if (tail === undefined) throw unreadable(rest);
  return record(head, callerFields(rest.slice(0, tail.index)), tail[1] ?? '', tail[2] ?? '');
}

type CallerTexts = Pick<ChannelRecord, 'callerName' | 'callerNumber' | 'ani' | 'dnis' | 'rdnis'>;

function record(
  head: RegExpExecArray,
  caller: CallerTexts,
  cause: string,
  session: string,
): ChannelRecord {
  const number = (group: number): number => Number(head[group]);
  const text = (group: number): string => head[group] ?? '';
  const isDead = session.endsWith(' (dead)');
  return {
    spanId: number(1),
    channelId: number(2),
    physicalSpanId: number(3),
    physicalChannelId: number(4),
    isAlarmed: text(5) === 'alarmed',
    alarms: text(5) === 'ok' ? NO_ALARMS : ALARM_WORDS.filter((_, at) => text(6 + at) === '1'),
    signallingStatus: text(12),
    type: text(13),
    state: text(14),
    lastState: text(15),
    txGainDb: number(16),
    rxGainDb: number(17),
    ...caller,
    cause,
    session: session === '(none)' ? undefined : isDead ? session.slice(0, -7) : session,
    isSessionDead: isDead,
  };
}

/** @param text begins and is cut before a newline */
function callerFields(text: string): CallerTexts {
  const values = new Map<string, string>();
  let rest = text;
  for (const name of [...CALLER_FIELDS].reverse()) {
    const mark = `\n${name}: `;
    // The name may hold lines that look like fields: its own is the first of its kind.
    const at = name === 'cid_name' ? rest.indexOf(mark) : rest.lastIndexOf(mark);
    if (at < 0) throw unreadable(text);
    values.set(name, rest.slice(at + mark.length));
    rest = rest.slice(0, at);
  }
  const value = (name: string): string => values.get(name) ?? '';
  return {
    callerName: value('cid_name'),
    callerNumber: value('cid_num'),
    ani: value('ani'),
    dnis: value('dnis'),
    rdnis: value('rdnis'),
  };
}

function unreadable(near: string): CraftportError {
  return new CraftportError('codec.malformed', 'The reply to `ftdm dump` cannot be read', {
    detail: { near: near.slice(0, 80) },
  });
}
