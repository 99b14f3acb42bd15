// A fake server that answers with recorded bytes, cut as a test wants, over ports in memory. It
// shares no code with the codec or with the simulator.

import { memoryPair } from '../../agent/transport/memory-port.ts';
import type { OpenPort, Port } from '../../agent/transport/port.ts';
import { recordedBody, recording } from './freetdm-recordings.ts';

/** Output of an API command; HANG: never. */
export type Answer = string | typeof HANG;
export const HANG = Symbol('hang');

export interface RecordedFreeSwitch {
  readonly open: OpenPort;
  /** Commands as they came, without the sign-in. */
  readonly commands: string[];
  /** Passwords that were tried. */
  readonly tried: string[];
  readonly opened: number;
  /** What changes from the recorded standard site; overrides stay. */
  answer(command: string, answer: Answer): void;
  /** Raw bytes to everybody who subscribed events, such as a recorded stream of them. */
  tell(bytes: Uint8Array): void;
  /** Lets a command that hung answer after all. */
  finish(command: string): void;
  restart(coreUuid: string): void;
  cut(): void;
}

export interface RecordedOptions {
  readonly password?: string;
  /** How many bytes arrive at once; undefined: as they are sent. */
  readonly piece?: () => number;
}

const RECORDED_CORE = '03b6976d-ad71-497f-967b-bd8885c11bbe';

/** The whole dump of a span like a recorded one: only ids and types differ between spans. */
function dumpLike(file: string, id: number, channels: number, type?: string): string {
  const text = recordedBody(file).replaceAll(/span_id: \d+\n/g, `span_id: ${String(id)}\n`);
  const records = text
    .slice(4)
    .split(/(?<=\nsession: \(none\)\n\n)/)
    .slice(0, channels);
  const whole = `+OK\n${records.join('')}`;
  return type === undefined ? whole : whole.replaceAll(/\ntype: \w+\n/g, `\ntype: ${type}\n`);
}

function t1(id: number): string {
  const text = dumpLike('api/ftdm_dump_1.out', id, 24)
    // Channel 16 is no D-channel of a T1; 24 is.
    .replace(
      'type: DQ921\nstate: UP\nlast_state: DOWN',
      'type: B\nstate: DOWN\nlast_state: RESTART',
    );
  const at = text.indexOf('chan_id: 24\n');
  return (
    text.slice(0, at) +
    text
      .slice(at)
      .replace(
        'type: B\nstate: DOWN\nlast_state: RESTART',
        'type: DQ921\nstate: UP\nlast_state: DOWN',
      )
  );
}

const STANDARD: Readonly<Record<string, string>> = {
  version: recordedBody('esl/api-version.out'),
  hostname: recordedBody('api/hostname.out'),
  'module_exists mod_freetdm': recordedBody('api/module_exists_mod_freetdm.out'),
  'show channels like FreeTDM': recordedBody('api/show_channels_like.out'),
  'ftdm core spanflag started': recordedBody('api/ftdm_core_spanflag_started.out'),
  'ftdm core spanflag !started': '\nTotal spans without flag 1: 0\n',
  'ftdm core state !DOWN': recordedBody('api/ftdm_core_state_not-DOWN.out'),
  'ftdm core flag in-alarm': recordedBody('api/ftdm_core_flag_in-alarm.out'),
  'ftdm core flag in-use 1': '[s1c1][1:1] flag 13(in-use) OFF\n\nTotal channels with flag 13: 0\n',
  'ftdm core flag suspended': '\nTotal channels with flag 19: 0\n',
  'ftdm list': recordedBody('api/ftdm_list.out'),
  'ftdm dump 1': recordedBody('api/ftdm_dump_1.out'),
  'ftdm dump 2': dumpLike('api/ftdm_dump_1.out', 2, 31),
  'ftdm dump 3': t1(3),
  'ftdm dump 4': t1(4),
  'ftdm dump 5': recordedBody('api/ftdm_dump_FXS.out'),
  'ftdm dump 6': dumpLike('api/ftdm_dump_FXS.out', 6, 4, 'FXO'),
  'ftdm dump 7': dumpLike('api/ftdm_dump_FXS.out', 7, 2, 'EM'),
  'ftdm dump 8': dumpLike('api/ftdm_dump_FXS.out', 8, 2, 'EM'),
};

export function recordedFreeSwitch(options: RecordedOptions = {}): RecordedFreeSwitch {
  const { password = 'ClueCon', piece } = options;
  const overrides = new Map<string, Answer>();
  const commands: string[] = [];
  const tried: string[] = [];
  const followers = new Set<Port>();
  const hanging: { readonly command: string; readonly finish: () => void }[] = [];
  const ports = new Set<Port>();
  let coreUuid = RECORDED_CORE;
  let opened = 0;

  const send = (port: Port, data: string | Uint8Array): void => {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    for (let at = 0; at < bytes.length;) {
      const size = piece === undefined ? bytes.length : Math.max(1, piece());
      port.send(bytes.subarray(at, at + size)).catch(() => undefined);
      at += size;
    }
  };
  const outputOf = (command: string): Answer =>
    command === 'global_getvar core_uuid'
      ? coreUuid
      : (overrides.get(command) ??
        STANDARD[command] ??
        `-ERR ${command.split(' ')[0] ?? ''} Command not found!\n`);
  const reply = (port: Port, text: string, more = ''): void =>
    send(port, `Content-Type: command/reply\nReply-Text: ${text}\n${more}\n`);

  const jobDone = (port: Port, id: string, output: string): void => {
    const length = String(Buffer.byteLength(output));
    const event = `Event-Name: BACKGROUND_JOB\nCore-UUID: ${coreUuid}\nJob-UUID: ${id}\nJob-Command: ftdm\nContent-Length: ${length}\n\n${output}`;
    send(
      port,
      `Content-Length: ${String(Buffer.byteLength(event))}\nContent-Type: text/event-plain\n\n${event}`,
    );
  };

  const take = (port: Port, block: string): void => {
    const [line = '', ...headers] = block.split('\n');
    if (line.startsWith('auth ')) {
      tried.push(line.slice(5));
      if (line.slice(5) === password) send(port, recording('esl/auth-ok.out').bytes.slice(28));
      else {
        send(port, recording('esl/auth-bad.out').bytes.slice(28));
        void port.close();
      }
      return;
    }
    commands.push(line);
    if (line.startsWith('api ')) {
      const command = line.slice(4);
      const answer = outputOf(command);
      if (answer === HANG) return;
      send(
        port,
        `Content-Type: api/response\nContent-Length: ${String(Buffer.byteLength(answer))}\n\n${answer}`,
      );
    } else if (line.startsWith('bgapi ')) {
      const command = line.slice(6);
      const id = headers.find((each) => each.startsWith('Job-UUID: '))?.slice(10) ?? '';
      reply(port, `+OK Job-UUID: ${id}`, `Job-UUID: ${id}\n`);
      const answer = outputOf(command);
      if (answer === HANG)
        hanging.push({
          command,
          finish: () => jobDone(port, id, STANDARD[command] ?? ''),
        });
      else jobDone(port, id, answer);
    } else if (line.startsWith('event ')) {
      if (line.includes('TRAP')) followers.add(port);
      reply(port, '+OK event listener enabled plain');
    } else if (line.startsWith('log ')) reply(port, '+OK log level 6 [6]');
    else if (line.startsWith('filter ')) reply(port, '+OK filter added. [Job-Command]=[ftdm]');
    else reply(port, '-ERR command not found');
  };

  const serve = async (port: Port): Promise<void> => {
    send(port, 'Content-Type: auth/request\n\n');
    let text = '';
    try {
      for await (const bytes of port.incoming) {
        text += new TextDecoder().decode(bytes);
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          take(port, text.slice(0, end));
          text = text.slice(end + 2);
        }
      }
    } catch {
      // The client went away.
    }
    followers.delete(port);
    ports.delete(port);
  };

  const cut = (): void => {
    for (const port of ports) void port.close();
  };
  return {
    open: (signal) => {
      signal.throwIfAborted();
      const [client, server] = memoryPair('memory:recorded');
      opened += 1;
      ports.add(server);
      void serve(server);
      return Promise.resolve(client);
    },
    commands,
    tried,
    get opened() {
      return opened;
    },
    answer: (command, answer) => void overrides.set(command, answer),
    tell: (bytes) => {
      // Recorded over several runs of the server; here there is one.
      const text = Buffer.from(bytes).toString('latin1');
      const told = text.replaceAll(/(?<=\nCore-UUID: ).{36}/g, coreUuid);
      for (const port of followers) send(port, Buffer.from(told, 'latin1'));
    },
    finish: (command) => {
      for (const job of hanging.splice(0)) if (job.command === command) job.finish();
    },
    restart: (uuid) => {
      coreUuid = uuid;
      overrides.clear();
      cut();
    },
    cut,
  };
}

/** Whole frames of one type of a recorded stream, as they were sent. */
export function recordedFrames(file: string, contentType: string): Uint8Array {
  const bytes = Buffer.from(recording(file).bytes);
  const kept: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const head = bytes.indexOf('\n\n', at) + 2;
    const text = bytes.subarray(at, head).toString();
    const end = head + Number(/^Content-Length: (\d+)$/m.exec(text)?.[1] ?? 0);
    if (text.includes(`Content-Type: ${contentType}\n`)) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return new Uint8Array(Buffer.concat(kept));
}
