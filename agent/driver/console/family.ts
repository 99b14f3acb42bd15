// Gear without a driver of its own: the line is kept open, what passes is kept in the transcript,
// and people work on it at the console. Nothing is sent unasked, and no span is made up.

import { systemTimers, type Timers } from '../../base/timers.ts';
import { CraftportError, isCode } from '../../base/error.ts';
import type {
  GearDriver,
  GearDriverContext,
  GearDriverFamily,
  GearIdentification,
  GearReading,
} from '../../span/gear-driver.ts';
import type { OpenPort, Port } from '../../transport/port.ts';
import { Connection, type Conversation } from '../connection.ts';

export interface ConsoleFamilyOptions {
  readonly timers?: Timers;
  readonly backOffMs?: readonly number[];
}

/** How long a look listens. */
const LISTEN_MS = 2_000;
/** A line that never ends is shown in pieces. */
const MAX_LINE = 4_096;

/** The driver `console`: no options, no reading, any line. */
export function consoleFamily(options: ConsoleFamilyOptions = {}): GearDriverFamily<OpenPort> {
  const timers = options.timers ?? systemTimers;
  return {
    name: 'console',
    title: 'Console only (transcript and live view)',
    schemes: ['serial:', 'tcp:', 'telnet:', 'rfc2217:', 'ssh:'],
    defaultPollS: 3_600,
    create: (context) => createConsoleDriver(context, timers, options.backOffMs),
    identify: (context, signal) => listen(context, timers, signal),
  };
}

function createConsoleDriver(
  context: GearDriverContext<OpenPort>,
  timers: Timers,
  backOffMs: readonly number[] | undefined,
): GearDriver {
  let connection: Connection<Conversation> | undefined;
  return {
    start(observer) {
      connection ??= new Connection({
        open: async (signal) => {
          const port = await context.openPort(signal);
          return {
            ended: read(port, (text) => observer.frame('received', text, '')),
            close: () => port.close(),
          };
        },
        link: (state, finding) => observer.link(state, finding),
        timers,
        logger: context.logger,
        ...(backOffMs === undefined ? {} : { backOffMs }),
      });
      connection.start();
    },
    async read(signal): Promise<GearReading> {
      if (connection === undefined)
        throw new CraftportError('driver.not-connected', 'Not connected yet');
      await connection.current(signal);
      return { identity: {}, spans: [], alarms: [], findings: [] };
    },
    async stop() {
      await connection?.stop();
    },
  };
}

/** Shows a port line by line. @returns why it ended */
async function read(port: Port, show: (text: string) => void): Promise<CraftportError> {
  let line = '';
  try {
    for await (const bytes of port.incoming) {
      line += latin1(bytes);
      const lines = line.split(/(?<=\n)/);
      line = lines.at(-1)?.endsWith('\n') === true ? '' : (lines.pop() ?? '');
      for (const whole of lines) show(whole);
      if (line.length > MAX_LINE) {
        show(line);
        line = '';
      }
    }
  } catch (error) {
    if (!isCode(error)) throw error;
    return error;
  } finally {
    if (line !== '') show(line);
  }
  return new CraftportError('transport.lost', `${port.name} was closed`);
}

/** Listens without a word: gear of an unknown kind may take anything for a command. */
async function listen(
  context: GearDriverContext<OpenPort>,
  timers: Timers,
  signal: AbortSignal,
): Promise<GearIdentification> {
  const port = await context.openPort(signal);
  let heard = '';
  const cancel = timers.after(LISTEN_MS, () => void port.close());
  try {
    await read(port, (text) => (heard = (heard + text).slice(-2_000)));
  } finally {
    cancel();
    await port.close();
  }
  signal.throwIfAborted();
  const last = heard.trim().split('\n').at(-1)?.trim() ?? '';
  return {
    // Any gear has a console; every driver that knows it is the better choice.
    score: 1,
    identity: {},
    evidence:
      last === ''
        ? 'The line opens; nothing was heard in two seconds'
        : `It shows “${last.slice(0, 80)}”`,
  };
}

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
