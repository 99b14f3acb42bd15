// A simulated M13 mux with 28 T1s that speaks TL1 as the Carrier Access Wide Bank 28 manual
// prints it: headers with four-digit years, AIDs `DS1-1` … `DS1-28` that alarms pad to
// `DS1-07`, escaped inner quotes, an acknowledgment when an answer takes over two seconds, long
// lists in blocks joined by `>`. It forgets sessions on a reboot and counts its reports.

import { systemTimers, type Timers } from '../base/timers.ts';
import {
  latin1,
  twoDigits,
  type SimBehaviour,
  type SimDevice,
  type SimLine,
  type SimPeer,
} from './sim-device.ts';

export interface Tl1MuxOptions {
  readonly sid?: string;
  readonly t1Count?: number;
  readonly username?: string;
  readonly password?: string;
  /** Whether what is typed comes back, as serial craft ports do. */
  readonly echo?: boolean;
  /** What its T1s are called before their number. */
  readonly aidPrefix?: string;
  /** Lines of one block before `>`. */
  readonly pageLines?: number;
  readonly timers?: Timers;
  /** Unix milliseconds: the mux's clock. */
  readonly nowMs?: () => number;
}

interface T1 {
  readonly lineCode: string;
  readonly framing: string;
  readonly alarms: Map<string, { readonly at: Date }>;
  readonly counters: Map<string, number>;
}

interface Conversation {
  readonly peer: SimPeer;
  input: string;
  user: string | undefined;
  muted: boolean;
}

type Answer =
  | { readonly completion: 'COMPLD'; readonly lines: readonly string[] }
  | { readonly completion: 'DENY'; readonly code: string; readonly comment: string };

const DENIALS = {
  IIAC: 'Input, Invalid Access Identifier',
  ICNV: 'Input, Command Not Valid',
  PLNA: 'Privilege, Login Not Active',
  PIUI: 'Privilege, Illegal User Identity',
} as const;

const MONTYPES = ['CVL', 'ESL', 'SESL', 'CVP', 'ESP', 'SESP', 'UASP', 'CSSP'];
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  LOS: 'Loss of Signal',
  LOF: 'Loss of Frame',
  AIS: 'Alarm Indication Signal',
  RAI: 'Remote Alarm Indication',
};

export class Tl1Mux implements SimDevice {
  readonly name: string;
  readonly #t1s: readonly T1[];
  readonly #conversations = new Set<Conversation>();
  readonly #options: Required<Tl1MuxOptions>;
  #atag = 1;
  #silentUntilMs = 0;
  #next: { half?: boolean; wrongCtag?: boolean; lateMs?: number } = {};

  constructor(options: Tl1MuxOptions = {}) {
    this.#options = {
      sid: 'MULTIPLEXER-1',
      t1Count: 28,
      username: 'admin',
      password: 'secret1',
      echo: false,
      aidPrefix: 'DS1-',
      pageLines: 12,
      timers: systemTimers,
      nowMs: () => Date.now(),
      ...options,
    };
    this.name = this.#options.sid;
    this.#t1s = Array.from({ length: this.#options.t1Count }, (_, index) => ({
      lineCode: index % 9 === 8 ? 'AMI' : 'B8ZS',
      framing: index % 9 === 8 ? 'SF' : 'ESF',
      alarms: new Map(),
      counters: new Map(MONTYPES.map((type, at) => [type, (index * 7 + at * 3) % 5])),
    }));
  }

  connect(peer: SimPeer): SimLine {
    const conversation: Conversation = { peer, input: '', user: undefined, muted: false };
    this.#conversations.add(conversation);
    return {
      receive: (bytes) => this.#receive(conversation, bytes),
      disconnect: () => this.#conversations.delete(conversation),
    };
  }

  behave(behaviour: SimBehaviour): void {
    switch (behaviour.kind) {
      case 'alarm-storm':
        for (let span = 1; span <= behaviour.count; span++)
          this.#alarm(1 + ((span - 1) % this.#t1s.length), span % 2 === 0 ? 'AIS' : 'LOS', true);
        return;
      case 'alarm':
        this.#alarm(behaviour.span, behaviour.name, behaviour.raised);
        return;
      case 'slips': {
        const counters = this.#t1s[behaviour.span - 1]?.counters;
        counters?.set('CSSP', (counters.get('CSSP') ?? 0) + behaviour.count);
        return;
      }
      case 'half-frame':
        this.#next.half = true;
        return;
      case 'wrong-ctag':
        this.#next.wrongCtag = true;
        return;
      case 'late-answer':
        this.#next.lateMs = behaviour.ms;
        return;
      case 'silence':
        this.#silentUntilMs = this.#options.timers.nowMs() + behaviour.ms;
        return;
      case 'reboot':
        this.#silentUntilMs = this.#options.timers.nowMs() + behaviour.ms;
        this.#atag = 1;
        for (const conversation of this.#conversations) conversation.user = undefined;
        return;
      case 'unplug':
        for (const { peer } of this.#conversations) peer.drop();
        return;
      case 'lost-report':
        this.#atag += 1;
        return;
      case 'typist':
        for (const { peer } of this.#conversations) peer.send(latin1(behaviour.text));
        return;
      case 'log-lines':
        return;
    }
  }

  #receive(conversation: Conversation, bytes: Uint8Array): void {
    if (this.#options.timers.nowMs() < this.#silentUntilMs) return;
    for (const char of Buffer.from(bytes).toString('latin1')) {
      if (char === '\u0018') conversation.input = '';
      else if (char >= ' ' && conversation.input.length < 600) conversation.input += char;
      if (this.#options.echo) conversation.peer.send(latin1(char));
      const quotes = conversation.input.split('"').length - 1;
      if (char !== ';' || quotes % 2 === 1) continue;
      const text = conversation.input.slice(0, -1);
      conversation.input = '';
      this.#command(conversation, text);
    }
  }

  #command(conversation: Conversation, text: string): void {
    const fields = text.split(':').map((field) => field.replace(/^"(.*)"$/, '$1').trim());
    const [code = '', , aid = '', ctag = '', , payload = ''] = fields;
    const tag = ctag === '' ? '0' : ctag;
    const answer = this.#answer(conversation, code.toUpperCase(), aid, payload);
    const { half = false, wrongCtag = false, lateMs = 0 } = this.#next;
    this.#next = {};
    const written = this.#written(wrongCtag ? String(Number(tag) + 1) : tag, answer);
    const output = half ? written.slice(0, Math.floor(written.length / 2)) : written;
    if (lateMs > 2000) conversation.peer.send(latin1(`IP ${tag}\r\n<`));
    if (lateMs === 0) conversation.peer.send(latin1(output));
    else this.#options.timers.after(lateMs, () => conversation.peer.send(latin1(output)));
  }

  #answer(conversation: Conversation, code: string, aid: string, payload: string): Answer {
    if (code === 'ACT-USER') {
      const { username, password } = this.#options;
      if (aid !== username || payload !== password) return deny('PIUI');
      conversation.user = aid;
      return completed();
    }
    if (code === 'RTRV-HDR') return completed();
    if (conversation.user === undefined) return deny('PLNA');
    switch (code) {
      case 'CANC-USER':
        conversation.user = undefined;
        return completed();
      case 'ALW-MSG-ALL':
      case 'INH-MSG-ALL':
        conversation.muted = code === 'INH-MSG-ALL';
        return completed();
      case 'RTRV-NETYPE':
        return completed(['CARRIER ACCESS,WIDE BANK 28,M13,2.4']);
      case 'RTRV-T1':
        return this.#each(aid, (t1, span) => [
          `${this.#aid(span)}::LINECDE=${t1.lineCode},FMT=${t1.framing},LBO=1,TMG=LINE:${t1.alarms.size === 0 ? 'IS-NR' : 'OOS-AU'},`,
        ]);
      case 'RTRV-COND-T1':
        return this.#each(aid, (t1, span) => this.#alarmLines(t1, span));
      case 'RTRV-ALM-ALL':
        return this.#each('ALL', (t1, span) => this.#alarmLines(t1, span));
      case 'RTRV-PM-T1':
        return this.#each(aid, (t1, span) => this.#counterLines(t1, span));
      default:
        return deny('ICNV');
    }
  }

  #each(aid: string, lines: (t1: T1, span: number) => readonly string[]): Answer {
    const [from, to] =
      aid === 'ALL' ? [1, this.#t1s.length] : rangeOf(aid, this.#options.aidPrefix);
    if (from === undefined || to === undefined || to > this.#t1s.length || from < 1)
      return deny('IIAC');
    return completed(
      this.#t1s.flatMap((t1, index) =>
        index + 1 < from || index + 1 > to ? [] : lines(t1, index + 1),
      ),
    );
  }

  #alarmLines(t1: T1, span: number): readonly string[] {
    return [...t1.alarms].map(
      ([name, { at }]) =>
        `${this.#aid(span, 'padded')}:MJ,${name},SA,${monthDay(at)},${hms(at, '-')},NEND,RCV:\\"${DESCRIPTIONS[name] ?? name}\\",`,
    );
  }

  #counterLines(t1: T1, span: number): readonly string[] {
    const now = new Date(this.#options.nowMs());
    const start = `${monthDay(now)},${twoDigits(now.getUTCHours())}-${twoDigits(Math.floor(now.getUTCMinutes() / 15) * 15)}`;
    return [...t1.counters].map(
      ([type, value]) =>
        `${this.#aid(span, 'padded')}:${type},${value},PRTL,NEND,RCV,15-MIN,${start}`,
    );
  }

  #written(ctag: string, answer: Answer): string {
    const head = `${this.#header()}M  ${ctag} ${answer.completion}\r\n`;
    if (answer.completion === 'DENY')
      return `${head}   ${answer.code}\r\n   /* ${answer.comment} */\r\n;`;
    const pages: string[] = [];
    const { pageLines } = this.#options;
    for (let from = 0; from === 0 || from < answer.lines.length; from += pageLines)
      pages.push(
        head +
          answer.lines
            .slice(from, from + pageLines)
            .map((line) => `   "${line}"\r\n`)
            .join(''),
      );
    return `${pages.join('>\r\n')};`;
  }

  #alarm(span: number, name: string, raised: boolean): void {
    const t1 = this.#t1s[span - 1];
    if (t1 === undefined) return;
    const at = new Date(this.#options.nowMs());
    if (raised) t1.alarms.set(name, { at });
    else t1.alarms.delete(name);
    const code = raised ? 'MJ' : 'CL';
    const line = `${this.#aid(span, 'padded')}:${code},${name},SA,${monthDay(at)},${hms(at, '-')},NEND,RCV:\\"${DESCRIPTIONS[name] ?? name}\\",`;
    const text = `${this.#header()}${raised ? '**' : 'A '} ${this.#atag++} REPT ALM T1\r\n   "${line}"\r\n;`;
    if (this.#options.timers.nowMs() < this.#silentUntilMs) return;
    for (const { peer, muted, user } of this.#conversations)
      if (!muted && user !== undefined) peer.send(latin1(text));
  }

  /** Alarms and counters pad the number, lists of facilities do not. */
  #aid(span: number, how?: 'padded'): string {
    const { aidPrefix } = this.#options;
    // Numbers alone (101 to 128) have no other spelling.
    const pads = how === 'padded' || /^\d+$/.test(aidPrefix);
    return aidPrefix + (pads ? twoDigits(span) : String(span));
  }

  #header(): string {
    const now = new Date(this.#options.nowMs());
    const date = `${now.getUTCFullYear()}-${monthDay(now)}`;
    return `\r\n\n   ${this.#options.sid} ${date} ${hms(now, ':')}\r\n`;
  }
}

function completed(lines: readonly string[] = []): Answer {
  return { completion: 'COMPLD', lines };
}

function deny(code: keyof typeof DENIALS): Answer {
  return { completion: 'DENY', code, comment: DENIALS[code] };
}

function rangeOf(aid: string, prefix: string): readonly number[] {
  const numbers = aid
    .toUpperCase()
    .split('&&')
    .map((one) => (one.startsWith(prefix) ? Number(one.slice(prefix.length)) : NaN));
  return numbers.length > 2 || numbers.some((number) => !(number >= 1))
    ? []
    : [numbers[0] ?? 0, numbers.at(-1) ?? 0];
}

const monthDay = (at: Date): string =>
  `${twoDigits(at.getUTCMonth() + 1)}-${twoDigits(at.getUTCDate())}`;
const hms = (at: Date, mark: string): string =>
  [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(twoDigits).join(mark);
