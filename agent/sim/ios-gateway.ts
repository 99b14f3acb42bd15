// A simulated Cisco IOS gateway with two T1 PRIs and one E1 PRI on its console. Its output is
// built from the recorded outputs; it parses nothing of ours and imports no parser. The line
// editor knows Ctrl-U, Ctrl-C, Ctrl-Z and backspace; the pager wipes its mark with backspaces.

import { systemTimers, type Timers } from '../base/timers.ts';
import {
  controllerOutput,
  interfaceOutput,
  isdnOutput,
  trunkGroupOutput,
  versionOutput,
  voicePortOutput,
  type SimController,
} from './ios-output.ts';
import {
  latin1,
  type SimBehaviour,
  type SimDevice,
  type SimLine,
  type SimPeer,
} from './sim-device.ts';

export interface IosGatewayOptions {
  readonly hostName?: string;
  /** Without one the console asks for no login. */
  readonly username?: string;
  readonly password?: string;
  /** Password of the privileged mode; none: `enable` asks for nothing. */
  readonly secret?: string;
  /** A greeting before the login, as a banner. */
  readonly banner?: string;
  /** Whether it greets at once, as a vty does; a console waits for a return. */
  readonly awake?: boolean;
  readonly timers?: Timers;
}

type Mode = 'idle' | 'username' | 'password' | 'user' | 'secret' | 'privileged' | 'config';

interface Console {
  readonly peer: SimPeer;
  mode: Mode;
  user: string;
  input: string;
  length: number;
  /** Lines behind the pager's mark. */
  rest: string[] | undefined;
}

const MORE = ' --More-- ';
const WIPE = '\b'.repeat(10) + ' '.repeat(10) + '\b'.repeat(10);

export class IosGateway implements SimDevice {
  readonly name: string;
  readonly #options: IosGatewayOptions;
  readonly #timers: Timers;
  readonly #consoles = new Set<Console>();
  readonly #controllers: readonly SimController[];
  #silentUntilMs = 0;
  #next: { half?: boolean; lateMs?: number; logLines?: number } = {};

  constructor(options: IosGatewayOptions = {}) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.name = options.hostName ?? 'GW1';
    this.#controllers = [
      { kind: 'T1', place: '0/2/0', calls: [23], alarm: undefined, slips: 0, order: 'descending' },
      { kind: 'T1', place: '0/2/1', calls: [], alarm: undefined, slips: 0, order: 'ascending' },
      { kind: 'E1', place: '1/1/0', calls: [1, 17], alarm: undefined, slips: 0, order: undefined },
    ];
  }

  connect(peer: SimPeer): SimLine {
    const login = this.#options.username !== undefined;
    const console: Console = {
      peer,
      mode: login || this.#options.password !== undefined ? 'idle' : 'user',
      user: '',
      input: '',
      length: 24,
      rest: undefined,
    };
    this.#consoles.add(console);
    if (this.#options.awake === true) this.#enter(console, '');
    return {
      receive: (bytes) => this.#receive(console, bytes),
      disconnect: () => this.#consoles.delete(console),
    };
  }

  /** What the console shows to whoever waits there; without `console`, on all of them. */
  behave(behaviour: SimBehaviour): void {
    switch (behaviour.kind) {
      case 'alarm': {
        const controller = this.#controllers[behaviour.span - 1];
        if (controller === undefined) return;
        controller.alarm = behaviour.raised ? behaviour.name : undefined;
        if (behaviour.raised) controller.calls.length = 0;
        const state = behaviour.raised ? 'down' : 'up';
        const { kind, place } = controller;
        this.#log(`%CONTROLLER-5-UPDOWN: Controller ${kind} ${place}, changed state to ${state}`);
        return;
      }
      case 'alarm-storm':
        for (let span = 0; span < behaviour.count; span++)
          this.behave({ kind: 'alarm', span: 1 + (span % 3), name: 'LOS', raised: span % 2 === 0 });
        return;
      case 'slips': {
        const controller = this.#controllers[behaviour.span - 1];
        if (controller !== undefined) controller.slips += behaviour.count;
        return;
      }
      case 'half-frame':
        this.#next.half = true;
        return;
      case 'late-answer':
        this.#next.lateMs = behaviour.ms;
        return;
      case 'log-lines':
        this.#next.logLines = behaviour.count;
        return;
      case 'silence':
        this.#silentUntilMs = this.#timers.nowMs() + behaviour.ms;
        return;
      case 'reboot':
        this.#silentUntilMs = this.#timers.nowMs() + behaviour.ms;
        for (const console of this.#consoles) this.#leave(console);
        return;
      case 'unplug':
        for (const { peer } of this.#consoles) peer.drop();
        return;
      case 'typist':
        for (const console of this.#consoles) this.#type(console, behaviour.text);
        return;
      case 'wrong-ctag':
      case 'lost-report':
        return;
    }
  }

  #receive(console: Console, bytes: Uint8Array): void {
    if (this.#timers.nowMs() < this.#silentUntilMs) return;
    this.#type(console, Buffer.from(bytes).toString('latin1'));
  }

  #type(console: Console, text: string): void {
    for (const char of text) this.#key(console, char);
  }

  #key(console: Console, char: string): void {
    if (console.rest !== undefined) {
      this.#page(console, char);
      return;
    }
    const hidden = console.mode === 'password' || console.mode === 'secret';
    switch (char) {
      case '\r': {
        const line = console.input;
        console.input = '';
        this.#enter(console, line);
        return;
      }
      case '\u0015':
        if (!hidden) this.#say(console, '\b \b'.repeat(console.input.length));
        console.input = '';
        return;
      case '\u0003':
      case '\u001a':
        console.input = '';
        if (console.mode === 'config') console.mode = 'privileged';
        if (console.mode !== 'idle') this.#say(console, `\r\n${this.#prompt(console)}`);
        return;
      case '\b':
      case '\u007f':
        if (console.input === '') return;
        console.input = console.input.slice(0, -1);
        if (!hidden) this.#say(console, '\b \b');
        return;
      default:
        if (char < ' ' || console.input.length > 254 || console.mode === 'idle') return;
        console.input += char;
        if (!hidden) this.#say(console, char);
    }
  }

  #enter(console: Console, line: string): void {
    switch (console.mode) {
      case 'idle':
        console.mode = this.#options.username === undefined ? 'password' : 'username';
        this.#say(
          console,
          `\r\n${(this.#options.banner ?? '').replaceAll('\n', '\r\n')}\r\nUser Access Verification\r\n\r\n${this.#prompt(console)}`,
        );
        return;
      case 'username':
        console.user = line;
        console.mode = line === '' ? 'username' : 'password';
        this.#say(console, `\r\n${this.#prompt(console)}`);
        return;
      case 'password': {
        const { username, password } = this.#options;
        const right = line === password && (username === undefined || console.user === username);
        console.mode = right ? 'user' : username === undefined ? 'password' : 'username';
        this.#say(console, `\r\n${right ? '' : '% Login invalid\r\n\r\n'}${this.#prompt(console)}`);
        return;
      }
      case 'secret':
        console.mode = line === this.#options.secret ? 'privileged' : 'user';
        this.#say(
          console,
          `\r\n${console.mode === 'user' ? '% Bad secrets\r\n\r\n' : ''}${this.#prompt(console)}`,
        );
        return;
      default:
        this.#command(console, line.trim().replaceAll(/\s+/g, ' '));
    }
  }

  #command(console: Console, command: string): void {
    if (command === 'enable' && console.mode === 'user') {
      console.mode = this.#options.secret === undefined ? 'privileged' : 'secret';
      this.#say(console, `\r\n${this.#prompt(console)}`);
      return;
    }
    if (command === 'exit' && console.mode !== 'config') {
      this.#leave(console);
      return;
    }
    const { half = false, lateMs = 0, logLines = 0 } = command === '' ? {} : this.#next;
    if (command !== '') this.#next = {};
    let lines = this.#answer(console, command);
    if (half) lines = lines.slice(0, Math.ceil(lines.length / 2));
    const print = (): void => {
      this.#say(console, '\r\n');
      this.#print(console, withLogLines(lines, logLines), half);
    };
    if (lateMs === 0) print();
    else this.#timers.after(lateMs, print);
  }

  #answer(console: Console, command: string): readonly string[] {
    if (command === '') return [];
    const privileged = console.mode === 'privileged';
    const length = /^terminal length (\d{1,3})$/.exec(command)?.[1];
    if (length !== undefined) {
      console.length = Number(length);
      return [];
    }
    if (/^terminal width \d{1,3}$/.test(command)) return [];
    if (command === 'disable') console.mode = 'user';
    else if (command === 'configure terminal' && privileged) {
      console.mode = 'config';
      return ['Enter configuration commands, one per line.  End with CNTL/Z.'];
    } else if (command === 'end' || command === 'exit') console.mode = 'privileged';
    else return this.#show(command, privileged) ?? invalid(this.#prompt(console), command);
    return [];
  }

  #show(command: string, privileged: boolean): readonly string[] | undefined {
    const of = (kind: string): readonly SimController[] =>
      this.#controllers.filter((controller) => controller.kind === kind);
    switch (command) {
      case 'show version':
        return versionOutput(this.name);
      case 'show controllers t1':
      case 'show controllers e1':
        return of(command.slice(-2).toUpperCase()).flatMap(controllerOutput);
      case 'show isdn status':
        return isdnOutput(this.#controllers);
      case 'show voice port summary':
        return voicePortOutput(this.#controllers);
      case 'show trunk group':
        return trunkGroupOutput();
      case 'show controllers':
        return ['% Incomplete command.', ''];
      case 'show c':
        return [`% Ambiguous command:  "${command}"`];
      default: {
        const name = /^show running-config interface (Serial\S+)$/.exec(command)?.[1];
        if (name === undefined || !privileged) return undefined;
        return interfaceOutput(this.#controllers, name);
      }
    }
  }

  #print(console: Console, lines: readonly string[], withoutEnd: boolean): void {
    const size = console.length === 0 ? lines.length : console.length - 1;
    const page = lines.slice(0, size).map((line) => `${line}\r\n`);
    if (lines.length > size) {
      console.rest = lines.slice(size);
      this.#say(console, page.join('') + MORE);
    } else this.#say(console, page.join('') + (withoutEnd ? '' : this.#prompt(console)));
  }

  #page(console: Console, char: string): void {
    const rest = console.rest ?? [];
    console.rest = undefined;
    this.#say(console, WIPE);
    if (char === ' ') this.#print(console, rest, false);
    else if (char === '\r') {
      this.#say(console, `${rest[0] ?? ''}\r\n`);
      if (rest.length > 1) {
        console.rest = rest.slice(1);
        this.#say(console, MORE);
      } else this.#say(console, this.#prompt(console));
    } else this.#say(console, this.#prompt(console));
  }

  #leave(console: Console): void {
    const login = this.#options.password !== undefined;
    console.mode = login ? 'idle' : 'user';
    console.input = '';
    console.rest = undefined;
    console.length = 24;
    if (this.#timers.nowMs() < this.#silentUntilMs) return;
    const text = `\r\n\r\n${this.name} con0 is now available\r\n\r\n\r\n\r\nPress RETURN to get started.\r\n\r\n`;
    this.#say(console, login ? text : `\r\n${this.#prompt(console)}`);
  }

  #prompt(console: Console): string {
    switch (console.mode) {
      case 'idle':
        return '';
      case 'username':
        return 'Username: ';
      case 'password':
      case 'secret':
        return 'Password: ';
      case 'user':
        return `${this.name}>`;
      case 'privileged':
        return `${this.name}#`;
      case 'config':
        return `${this.name}(config)#`;
    }
  }

  /** Without `logging synchronous` a line falls in anywhere and no prompt follows. */
  #log(message: string): void {
    for (const console of this.#consoles)
      if (console.mode !== 'idle') this.#say(console, `\r\n*Mar 31 17:29:43.447: ${message}\r\n`);
  }

  #say(console: Console, text: string): void {
    if (text !== '' && this.#timers.nowMs() >= this.#silentUntilMs) console.peer.send(latin1(text));
  }
}

function invalid(prompt: string, command: string): readonly string[] {
  const column = prompt.length + Math.min(command.length, 5);
  return [`${' '.repeat(column)}^`, "% Invalid input detected at '^' marker.", ''];
}

/** Puts log lines between the lines of an output, and glues every second one to a line's end. */
function withLogLines(lines: readonly string[], count: number): readonly string[] {
  const out = [...lines];
  for (let number = 0; number < count && out.length > 0; number++) {
    const at = Math.floor(((number + 1) * out.length) / (count + 1));
    const line = `*Mar 31 17:29:43.${String(447 + number)}: %SMART_LIC-6-REPORTING_REQUIRED: A Usage report acknowledgement will be required in ${number} days.`;
    if (number % 2 === 0) out.splice(at, 0, line);
    else out[at] = `${out[at] ?? ''} ${line}`;
  }
  return out;
}
