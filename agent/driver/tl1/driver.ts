// TL1 gear: muxes, channel banks, access nodes. Reads T1s, conditions and counters, hears
// alarms; sends nothing that changes the element.

import { CraftportError, isCode } from '../../base/error.ts';
import type { Tl1Command } from '../../codec/tl1/command.ts';
import { denialClass } from '../../codec/tl1/denial.ts';
import type { Tl1Autonomous, Tl1Response, Tl1TextLine } from '../../codec/tl1/message.ts';
import { Tl1Session, type Tl1Pacing } from '../../session/tl1/session.ts';
import { CtagSource } from '../../session/tl1/tags.ts';
import type { GearFinding, GearReading } from '../../span/gear-driver.ts';
import type { PerformanceInterval, PerformanceSource } from '../../span/performance.ts';
import type { Port } from '../../transport/port.ts';
import {
  ConversationDriver,
  type ConversationOptions,
  type Opening,
} from '../conversation-driver.ts';
import type { Parsed } from '../parsed.ts';
import type { Tl1Profile } from './profile.ts';
import { readConditions, readFacilities, readPerformance, type Condition } from './reading.ts';
import { SpanBoard } from './span-board.ts';

const OPEN_LIMIT_MS = 30_000;
const BIN_MS = 900_000;
const PERIODS = ['', '', '', '', '15-MIN', '', ''];

export interface Tl1DriverOptions extends ConversationOptions {
  readonly profile: Tl1Profile;
  readonly tid: string;
  readonly pacing?: Partial<Tl1Pacing>;
}

/** What one reading found beside its values. */
class Findings {
  readonly list: GearFinding[] = [];

  add(code: string, message: string): void {
    this.list.push({ code, span: undefined, message });
  }

  keep<T>(command: string, parsed: Parsed<T>): readonly T[] {
    const [first] = parsed.unparsed;
    if (first !== undefined)
      this.add(
        'gear.not-understood',
        `${parsed.unparsed.length} lines of ${command}, such as “${first}”`,
      );
    return parsed.values;
  }
}

export class Tl1Driver extends ConversationDriver<Tl1Session> implements PerformanceSource {
  readonly #options: Tl1DriverOptions;
  readonly #ctags: CtagSource;
  readonly #board = new SpanBoard();
  #identity: Readonly<Record<string, string>> = {};
  #identified: Tl1Session | undefined;
  #binRead: number | undefined;
  /** Conditions heard while a list of conditions is on its way. */
  #heard: Condition[] | undefined;

  constructor(options: Tl1DriverOptions) {
    super(options, OPEN_LIMIT_MS);
    this.#options = options;
    this.#ctags = new CtagSource(options.context.clock.nowMs());
  }

  /** Reads identity, T1s, conditions and, once in each quarter of an hour, the counters. */
  read(signal: AbortSignal): Promise<GearReading> {
    return this.onSession('a reading', signal, async (session, limited) => {
      const findings = new Findings();
      await this.#identify(session, limited);
      const { profile } = this.#options;
      const facilities = await this.#ask(
        session,
        { code: 'RTRV-T1', aid: profile.allT1 },
        findings,
        limited,
      );
      if (facilities !== undefined)
        this.#board.replaceFacilities(
          findings.keep('RTRV-T1', readFacilities(profile, facilities)),
        );
      await this.#readConditions(session, findings, limited);
      const bin = Math.floor(this.#options.context.clock.nowMs() / BIN_MS);
      if (bin !== this.#binRead) {
        await this.#readPerformance(session, findings, limited);
        this.#binRead = bin;
      }
      return {
        identity: this.#identity,
        spans: this.#board.spans(),
        alarms: this.#board.alarms(),
        findings: findings.list,
        performance: this.#board.intervals,
      };
    });
  }

  /** The counters as the element has them now. */
  performance(signal: AbortSignal): Promise<readonly PerformanceInterval[]> {
    return this.onSession('the counters', signal, async (session, limited) => {
      await this.#readPerformance(session, new Findings(), limited);
      return this.#board.intervals;
    });
  }

  protected override converse(port: Port): Opening<Tl1Session> {
    const { context, timers, tid, pacing, profile } = this.#options;
    const { username, password } = context.link;
    const session = new Tl1Session({
      port,
      ctags: this.#ctags,
      timers,
      tid,
      observer: {
        autonomous: (message) => this.#hear(message, session),
        gap: ({ expected, got }) =>
          this.observer?.changed(`autonomous message ${expected} was expected, ${got} came`),
        frame: (direction, text, decoded) => this.observer?.frame(direction, text, decoded),
      },
      ...(pacing === undefined ? {} : { pacing }),
    });
    return {
      session,
      begin: async (signal) => {
        if (username !== undefined && username !== '')
          await session.login(username, password ?? '', signal);
        // Mutes and unmutes this session only (GR-833); alarm reporting stays as it is.
        if (profile.allowMessages)
          await session.send({ code: 'ALW-MSG-ALL', aid: 'ALL' }, signal).catch(unlessDenied);
      },
    };
  }

  async #identify(session: Tl1Session, signal: AbortSignal): Promise<void> {
    if (this.#identified === session) return;
    const header = await session.send({ code: 'RTRV-HDR' }, signal).catch(unlessDenied);
    const kind = await session.send({ code: 'RTRV-NETYPE' }, signal).catch(unlessDenied);
    const line = kind?.text.find((text) => text.kind === 'quoted')?.text;
    this.#identity = {
      profile: this.#options.profile.title,
      ...(header === undefined
        ? {}
        : { sid: header.sid, gear_clock: `${header.date} ${header.time}` }),
      ...(line === undefined ? {} : { type: line.slice(0, 200) }),
    };
    this.#identified = session;
  }

  async #readConditions(
    session: Tl1Session,
    findings: Findings,
    signal: AbortSignal,
  ): Promise<void> {
    const { profile } = this.#options;
    this.#heard = [];
    try {
      const all = await this.#ask(session, { code: 'RTRV-ALM-ALL' }, findings, signal);
      const t1 = await this.#ask(
        session,
        { code: 'RTRV-COND-T1', aid: profile.allT1 },
        findings,
        signal,
      );
      // Neither list: what was known stands, and a finding says why.
      if (all === undefined && t1 === undefined) return;
      const read = (
        command: string,
        text: readonly Tl1TextLine[] | undefined,
      ): readonly Condition[] => findings.keep(command, readConditions(profile, text ?? []));
      const conditions = [...read('RTRV-ALM-ALL', all), ...read('RTRV-COND-T1', t1)];
      this.#board.replaceConditions(conditions, this.#heard);
    } finally {
      this.#heard = undefined;
    }
  }

  async #readPerformance(
    session: Tl1Session,
    findings: Findings,
    signal: AbortSignal,
  ): Promise<void> {
    const { profile } = this.#options;
    const command = { code: 'RTRV-PM-T1', aid: profile.allT1, blocks: [[], PERIODS] };
    const text = await this.#ask(session, command, findings, signal);
    if (text !== undefined)
      this.#board.replaceIntervals(findings.keep('RTRV-PM-T1', readPerformance(profile, text)));
  }

  /** The text of an answer; undefined, and a finding, when the element denies the command. */
  async #ask(
    session: Tl1Session,
    command: Tl1Command,
    findings: Findings,
    signal: AbortSignal,
  ): Promise<readonly Tl1TextLine[] | undefined> {
    let reply: Tl1Response;
    try {
      reply = await session.send(command, signal);
    } catch (error) {
      if (!isCode(error, 'driver.denied')) throw error;
      const code = error.detail['code'];
      if (denialClass(typeof code === 'string' ? code : undefined) === 'not-signed-in')
        throw await this.#signedOut(session, error);
      findings.add('gear.command-denied', error.message);
      return undefined;
    }
    if (reply.completion === 'PRTL')
      findings.add('gear.partly-done', `${command.code} was answered in part only`);
    return reply.text;
  }

  /** The element forgot the login: begin anew. Without a login there is nothing to begin with. */
  async #signedOut(session: Tl1Session, cause: CraftportError): Promise<CraftportError> {
    if ((this.#options.context.link.username ?? '') === '')
      return new CraftportError('driver.login-refused', 'The element wants a login', { cause });
    await session.close();
    return new CraftportError('driver.not-connected', 'The element ended the session', { cause });
  }

  #hear(message: Tl1Autonomous, session: Tl1Session): void {
    const { profile } = this.#options;
    const [, what] = message.verb.split(' ');
    if (message.verb.startsWith('CANC')) {
      this.observer?.changed('the element cancelled the session');
      session.close().catch(() => {});
    } else if (what === 'ALM') {
      for (const condition of readConditions(profile, message.text).values) this.#raise(condition);
    } else if (what === 'PM') {
      this.#board.addIntervals(readPerformance(profile, message.text).values);
    } else this.observer?.changed(message.verb);
  }

  #raise(condition: Condition): void {
    this.#heard?.push(condition);
    this.#board.apply(condition);
    this.observer?.alarm(this.#board.alarm(condition));
    const span = condition.span === undefined ? undefined : this.#board.span(condition.span);
    if (span !== undefined) this.observer?.span(span);
  }
}

function unlessDenied(error: unknown): undefined {
  if (!isCode(error, 'driver.denied')) throw error;
  return undefined;
}
