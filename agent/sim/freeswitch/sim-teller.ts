// What the simulated FreeSWITCH tells unasked: events and lines of its log, in recorded words.

import {
  CALL_EVENTS,
  encoded,
  EVENT_HEAD,
  type EventTemplate,
  filled,
  HEARTBEAT,
  TRAP,
} from './recorded.ts';
import type { SimCall, SimChannel, SimSpan } from './sim-span.ts';

export interface SimEvent {
  readonly name: string;
  /** `name: value` lines, as they are sent. */
  readonly headers: string;
  readonly body?: string;
}

export interface SimLogLine {
  readonly level: number;
  readonly file: string;
  readonly function: string;
  readonly line: number;
  readonly text: string;
}

export interface SimListener {
  event(event: SimEvent): void;
  log(line: SimLogLine): void;
  /** FreeSWITCH goes down: the notice, then nothing. */
  shutDown(): void;
}

const LEVELS = ['CONSOLE', 'ALERT', 'CRIT', 'ERR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'];
/** Who tells, as each event says it. */
export interface SimSource {
  readonly nowMs: number;
  readonly coreUuid: string;
  readonly host: string;
  readonly ipv4: string;
  readonly ipv6: string;
}

const FIRST_SEQUENCE = 500;

export class SimTeller {
  readonly #source: SimSource;
  readonly #listeners = new Set<SimListener>();
  #sequence = FIRST_SEQUENCE;

  constructor(source: SimSource) {
    this.#source = source;
  }

  listen(listener: SimListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Cuts everybody off; what is told next is another run's. */
  shutDown(): void {
    for (const listener of [...this.#listeners]) listener.shutDown();
    this.#sequence = FIRST_SEQUENCE;
  }

  /** One event to everybody who subscribed it. @param extra lines after the template's */
  emit(
    name: string,
    template: EventTemplate,
    values: Readonly<Record<string, string | number>>,
    extra: readonly string[] = [],
    body?: string,
  ): void {
    this.#sequence += 1;
    const { nowMs, coreUuid, host, ipv4, ipv6 } = this.#source;
    const now = new Date(nowMs);
    const head = filled(EVENT_HEAD, {
      event: name,
      core: coreUuid,
      host,
      ipv4,
      ipv6: encoded(ipv6),
      local: encoded(now.toISOString().slice(0, 19).replace('T', ' ')),
      gmt: encoded(now.toUTCString()),
      timestampUs: micros(nowMs),
      file: template.file,
      function: template.function,
      line: template.line,
      sequence: this.#sequence,
    });
    const lines = [head, filled(template.headers, values), ...extra].filter((part) => part !== '');
    const event: SimEvent = {
      name,
      headers: lines.join('\n'),
      ...(body === undefined ? {} : { body }),
    };
    for (const listener of [...this.#listeners]) listener.event(event);
  }

  trap(span: SimSpan, channel: SimChannel): void {
    this.emit(
      'TRAP',
      TRAP,
      {
        condition: channel.alarms.length > 0 ? 'ftdm-alarm-trap' : 'ftdm-alarm-clear',
        name: encoded(span.config.name),
        span: span.id,
        channel: channel.number,
      },
      channel.alarms.map((alarm) => `alarm: ${alarm}`),
    );
  }

  call(
    name: keyof typeof CALL_EVENTS,
    span: SimSpan,
    channel: SimChannel,
    call: SimCall,
    cause: string,
  ): void {
    const answeredUs = call.answeredMs === undefined ? '0' : micros(call.answeredMs);
    this.emit(name, CALL_EVENTS[name][call.direction], {
      uuid: call.uuid,
      name: encoded(span.config.name),
      span: span.id,
      channel: channel.number,
      caller: call.caller,
      ani: call.caller,
      called: call.called,
      session: call.session,
      createdUs: micros(call.createdMs),
      answeredUs,
      mediaUs: answeredUs,
      hangupUs: micros(this.#source.nowMs),
      cause,
      q850: cause === 'NORMAL_CLEARING' ? 16 : 31,
    });
  }

  heartbeat(upMs: number, sessions: number, since: number): void {
    this.emit('HEARTBEAT', HEARTBEAT, {
      uptime: encoded(upTime(upMs)),
      uptimeMs: Math.floor(upMs),
      sessions,
      since,
      peak: sessions,
    });
  }

  log(level: number, file: string, from: string, line: number, text: string): void {
    const stamp = new Date(this.#source.nowMs).toISOString().slice(0, 23).replace('T', ' ');
    const full = `${stamp}000 96.73% [${LEVELS[level] ?? ''}] ${file}:${String(line)} ${text}\n`;
    for (const listener of [...this.#listeners])
      listener.log({ level, file, function: from, line, text: full });
  }
}

function micros(ms: number): string {
  return `${String(Math.floor(ms))}000`;
}

/** `0 years, 0 days, 0 hours, 2 minutes, 59 seconds, 519 milliseconds, 0 microseconds` */
export function upTime(ms: number): string {
  const parts: [number, string][] = [
    [0, 'year'],
    [Math.floor(ms / 86_400_000), 'day'],
    [Math.floor(ms / 3_600_000) % 24, 'hour'],
    [Math.floor(ms / 60_000) % 60, 'minute'],
    [Math.floor(ms / 1000) % 60, 'second'],
    [Math.floor(ms) % 1000, 'millisecond'],
    [0, 'microsecond'],
  ];
  return parts
    .map(([count, unit]) => `${String(count)} ${unit}${count === 1 ? '' : 's'}`)
    .join(', ');
}
