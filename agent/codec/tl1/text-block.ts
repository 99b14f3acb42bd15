// The lines of a TL1 message as sent → header, code line, text lines (GR-831 output format).

import type {
  Tl1AcknowledgmentCode,
  Tl1AlarmCode,
  Tl1Completion,
  Tl1Header,
  Tl1TextLine,
} from './message.ts';

const LONGEST_HEADER = 200;
const DATE = /^(?:\d{2}|\d{4})-\d{2}-\d{2}$/;
const TIME = /^\d{2}:\d{2}:\d{2}$/;
const ACKNOWLEDGMENT = /^(?:[^"]{0,255};)?\s*(IP|PF|OK|NA|NG|RL)\s{1,4}([A-Za-z0-9]{1,6})$/;
const RESPONSE = /^M\s{1,8}(\S{1,20})\s{1,8}([A-Z]{2,12})$/;
const AUTONOMOUS =
  /^(\*C|\*\*|\*|A)\s{1,4}(\S{1,20})\s{1,4}([A-Z][A-Z0-9]{1,9}(?: [A-Za-z0-9-]{1,20}){0,3})$/;

const ALARM_CODES: Readonly<Record<string, Tl1AlarmCode>> = {
  '*C': 'critical',
  '**': 'major',
  '*': 'minor',
  A: 'none',
};

const COMPLETIONS: Readonly<Record<string, Tl1Completion>> = {
  COMPLD: 'COMPLD',
  // The Wide Bank 28 manual prints it so once.
  CMPLD: 'COMPLD',
  DENY: 'DENY',
  PRTL: 'PRTL',
  DELAY: 'DELAY',
  RTRV: 'RTRV',
};

/** A SID may hold blanks and quotes: date and time are the last two words, the rest is it. */
export function parseHeader(line: string): Tl1Header | undefined {
  if (line.length > LONGEST_HEADER) return undefined;
  const words = line.trim().split(/\s+/);
  const time = words.pop();
  const date = words.pop();
  if (time === undefined || date === undefined || !TIME.test(time) || !DATE.test(date))
    return undefined;
  const sid = line.slice(0, line.lastIndexOf(date)).trim();
  return { sid: /^"[^"]*"$/.test(sid) ? sid.slice(1, -1) : sid, date, time };
}

export type CodeLine =
  | {
      readonly kind: 'response';
      readonly ctag: string;
      readonly completion: Tl1Completion | undefined;
      readonly completionText: string;
    }
  | {
      readonly kind: 'autonomous';
      readonly alarmCode: Tl1AlarmCode;
      readonly atag: string;
      readonly verb: string;
    };

/** The line after the header: `M  CTAG CODE`, or `ALMCDE ATAG VERB MOD MOD`. */
export function parseCodeLine(line: string): CodeLine | undefined {
  if (line.length > LONGEST_HEADER) return undefined;
  const text = line.trim();
  const response = RESPONSE.exec(text);
  if (response?.[1] !== undefined && response[2] !== undefined)
    return {
      kind: 'response',
      ctag: response[1],
      completion: COMPLETIONS[response[2]],
      completionText: response[2],
    };
  const autonomous = AUTONOMOUS.exec(text);
  const alarmCode = ALARM_CODES[autonomous?.[1] ?? ''];
  if (autonomous?.[2] === undefined || autonomous[3] === undefined || alarmCode === undefined)
    return undefined;
  return { kind: 'autonomous', alarmCode, atag: autonomous[2], verb: autonomous[3] };
}

/** `IP 51` alone on its line, or after the echo of the command. */
export function parseAcknowledgment(
  line: string,
): { readonly code: Tl1AcknowledgmentCode; readonly ctag: string } | undefined {
  if (line.length > 300) return undefined;
  const found = ACKNOWLEDGMENT.exec(line.trim());
  if (found?.[1] === undefined || found[2] === undefined) return undefined;
  return { code: found[1] as Tl1AcknowledgmentCode, ctag: found[2] };
}

/** Sorts the lines behind the code line. Comments may span lines and stand between text. */
export function parseTextLines(lines: readonly string[]): readonly Tl1TextLine[] {
  const out: Tl1TextLine[] = [];
  let comment: string[] | undefined;
  for (const line of lines) {
    let rest = line.trim();
    while (rest !== '') {
      if (comment === undefined) {
        const start = commentStart(rest);
        const before = (start === -1 ? rest : rest.slice(0, start)).trim();
        if (before !== '') out.push(textLine(before));
        if (start === -1) break;
        comment = [];
        rest = rest.slice(start + 2);
      }
      const end = rest.indexOf('*/');
      if (end === -1) {
        comment.push(rest.trim());
        break;
      }
      comment.push(rest.slice(0, end).trim());
      out.push({ kind: 'comment', text: comment.join('\n').trim() });
      comment = undefined;
      rest = rest.slice(end + 2).trim();
    }
  }
  if (comment !== undefined) out.push({ kind: 'comment', text: comment.join('\n').trim() });
  return out;
}

function textLine(text: string): Tl1TextLine {
  const quoted = text.length >= 2 && text.startsWith('"') && text.endsWith('"');
  return quoted ? { kind: 'quoted', text: text.slice(1, -1) } : { kind: 'plain', text };
}

/** Where a comment opens outside quotes; -1 for nowhere. */
function commentStart(line: string): number {
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const char = line[at];
    if (quoted && char === '\\') at++;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && char === '/' && line[at + 1] === '*') return at;
  }
  return -1;
}
