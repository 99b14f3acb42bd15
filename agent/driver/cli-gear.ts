// What every driver of gear with a command line shares: the connection, the findings, and the
// word about another person on the console. A driver adds a platform and a reading.

import { withDeadline } from '../base/deadline.ts';
import { CraftportError, isCode } from '../base/error.ts';
import type { Timers } from '../base/timers.ts';
import type { CliPlatform } from '../codec/cli/platform.ts';
import type { CliPacing } from '../session/cli/pacing.ts';
import { CliSession } from '../session/cli/session.ts';
import type {
  GearDriverContext,
  GearFinding,
  GearIdentification,
  GearReading,
} from '../span/gear-driver.ts';
import type { OpenPort, Port } from '../transport/port.ts';
import {
  ConversationDriver,
  type ConversationOptions,
  type Opening,
} from './conversation-driver.ts';

const OPEN_LIMIT_MS = 60_000;
const LOOK_LIMIT_MS = 20_000;

export interface CliGearOptions extends ConversationOptions {
  readonly platform: CliPlatform;
  /** Reads everything with `ask`; findings of `ask` are added by the caller. */
  readonly reading: (ask: Ask, hostName: string | undefined) => Promise<GearReading>;
  /** Log lines after which the gear should be read again. */
  readonly changes?: RegExp;
  readonly pacing?: Partial<CliPacing>;
}

/**
 * Runs one read command. undefined, and a finding unless `optional`, when the gear refused it.
 * @throws as CliSession.run for everything else
 */
export type Ask = (
  command: string,
  optional?: 'optional',
) => Promise<readonly string[] | undefined>;

export class CliGearDriver extends ConversationDriver<CliSession> {
  readonly #options: CliGearOptions;

  constructor(options: CliGearOptions) {
    super(options, OPEN_LIMIT_MS);
    this.#options = options;
  }

  async read(signal: AbortSignal): Promise<GearReading> {
    const denied: GearFinding[] = [];
    const { reading } = this.#options;
    const read = await this.within(signal, reading, (finding) => denied.push(finding));
    return { ...read, findings: [...read.findings, ...denied] };
  }

  /**
   * Runs `work` on the session that stands.
   * @param found told of each command that was refused
   * @throws as read
   */
  protected within<T>(
    signal: AbortSignal,
    work: (ask: Ask, hostName: string | undefined) => Promise<T>,
    found: (finding: GearFinding) => void,
  ): Promise<T> {
    return this.onSession('a reading', signal, (session, limited) => {
      const ask: Ask = async (command, optional) => {
        try {
          return (await session.run(command, limited)).lines;
        } catch (error) {
          if (!isCode(error, 'driver.denied')) throw error;
          if (optional === undefined)
            found({ code: 'gear.command-denied', span: undefined, message: error.message });
          return undefined;
        }
      };
      return work(ask, session.hostName);
    });
  }

  protected override converse(port: Port): Opening<CliSession> {
    const { context, platform, timers, pacing, changes } = this.#options;
    const session = new CliSession({
      port,
      platform,
      timers,
      credentials: credentialsOf(context),
      observer: {
        suspended: (typed) =>
          this.observer?.link('connected', {
            code: 'gear.suspended',
            span: undefined,
            message: `Another person types on this console (“${typed}”); automation waits until it is quiet.`,
          }),
        resumed: () => this.observer?.link('connected', undefined),
        note: (line) => {
          if (changes?.test(line) === true) this.observer?.changed(line.slice(0, 200));
        },
        frame: (direction, text, decoded) => this.observer?.frame(direction, text, decoded),
      },
      ...(pacing === undefined ? {} : { pacing }),
    });
    return { session, begin: (signal) => session.attach(signal) };
  }
}

/** `secret` of the options is the password of the privileged mode. */
function credentialsOf(context: GearDriverContext<OpenPort>): {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly secret: string | undefined;
} {
  const secret = context.options['secret'];
  const { username, password } = context.link;
  return { username, password, secret: typeof secret === 'string' ? secret : undefined };
}

export interface LookOptions {
  readonly context: GearDriverContext<OpenPort>;
  readonly platform: CliPlatform;
  readonly timers: Timers;
  readonly pacing?: Partial<CliPacing>;
  /** Reads the version where no login is asked for. */
  readonly command: string;
  readonly judge: (seen: string, hostName: string | undefined) => GearIdentification;
}

/**
 * Looks at a console without signing in: wakes it, takes what it shows and, where a prompt stands
 * there anyway, one read command's output.
 * @throws driver.timeout when nothing comes back, transport.*
 */
export function lookAtConsole(
  options: LookOptions,
  signal: AbortSignal,
): Promise<GearIdentification> {
  const { context, platform, timers, pacing, command, judge } = options;
  return withDeadline(timers, LOOK_LIMIT_MS, 'a look at the gear', signal, async (limited) => {
    let seen = '';
    const port = await context.openPort(limited);
    const session = new CliSession({
      port: {
        name: port.name,
        incoming: (async function* () {
          for await (const bytes of port.incoming) {
            for (const byte of bytes) if (byte !== 0) seen += String.fromCharCode(byte);
            seen = seen.slice(-8000);
            yield bytes;
          }
        })(),
        send: (bytes) => port.send(bytes),
        close: () => port.close(),
      },
      // Any prompt will do: nothing is raised, so no password is asked for.
      platform: {
        ...platform,
        modes: platform.modes.map(({ prompt }) => ({ mode: 'any', prompt })),
        readMode: 'any',
        raise: undefined,
        leave: {},
        onReady: [],
      },
      timers,
      credentials: { username: undefined, password: undefined, secret: undefined },
      observer: { suspended() {}, resumed() {}, note() {}, frame() {} },
      pacing: { ...pacing, keepAliveMs: 0 },
    });
    try {
      await session.attach(limited);
      seen += (await session.run(command, limited)).lines.join('\n');
    } catch (error) {
      if (
        !isCode(
          error,
          'driver.login-refused',
          'driver.out-of-sync',
          'driver.timeout',
          'driver.denied',
        )
      )
        throw error;
    } finally {
      await session.close();
    }
    if (seen.trim() === '')
      throw new CraftportError('driver.timeout', 'Nothing came back: wrong port, baud or cable');
    return judge(seen, session.hostName);
  });
}

/** What the end of an unknown console looks like, for a person. */
export function lastShown(seen: string): string {
  const lines = seen.split(/[\r\n]+/).map((line) => line.replaceAll(/[\x00-\x1f\x7f]/g, '').trim());
  return (lines.findLast((line) => line !== '') ?? '').slice(0, 80);
}
