// A driver whose gear is a few variables of the test: what it reads, what it reports, and the
// ways in which real gear misbehaves.

import type { GearFamily, GearApproach } from '../../agent/gear/gear-family.ts';
import type {
  GearDriver,
  GearIdentification,
  GearObserver,
  GearReading,
} from '../../agent/span/gear-driver.ts';
import type { AlarmReport, ChannelReport, SpanReport } from '../../agent/span/span.ts';

export function channel(number: number, over: Partial<ChannelReport> = {}): ChannelReport {
  return {
    timeslot: number,
    number,
    type: number === 16 ? 'D' : 'B',
    state: 'idle',
    nativeState: 'DOWN',
    alarm: false,
    call: undefined,
    ...over,
  };
}

export function e1(native: string, over: Partial<SpanReport> = {}): SpanReport {
  return {
    native,
    name: native,
    kind: 'E1',
    slots: 31,
    dChannel: 16,
    framing: 'CCS',
    lineCode: 'HDB3',
    clock: 'line',
    admin: 'up',
    signalling: 'up',
    running: 'started',
    status: { bits: 1, names: ['NoAlarm'] },
    order: { kind: 'not_applicable' },
    capabilities: ['read'],
    detail: { span_id: native.replace(/\D/g, '') },
    caveats: [],
    channels: Array.from({ length: 31 }, (_, index) => channel(index + 1)),
    ...over,
  };
}

export function alarmReport(
  span: string | undefined,
  over: Partial<AlarmReport> = {},
): AlarmReport {
  return { span, name: 'RED', severity: 'major', explanation: 'No signal', ...over };
}

/** One gear; every driver made for its link shows it. */
export class FakeGear {
  reading: GearReading = {
    identity: { model: 'Fake 1' },
    spans: [e1('span1'), e1('span2')],
    alarms: [],
    findings: [],
  };
  /** Set: readings fail with it. */
  error: Error | undefined;
  /** Set: readings neither end nor give up. */
  hangs = false;
  /** Waits between the beginning of a reading and its end. */
  beforeReply: () => Promise<void> = () => Promise.resolve();
  /** Connects by itself when started. */
  connects = true;
  readonly approaches: GearApproach[] = [];
  observer: GearObserver | undefined;
  readings = 0;
  started = 0;
  stopped = 0;

  get observed(): GearObserver {
    if (this.observer === undefined) throw new Error('No driver was started');
    return this.observer;
  }

  driver(approach: GearApproach): GearDriver {
    this.approaches.push(approach);
    return {
      start: (observer) => {
        this.started += 1;
        this.observer = observer;
        if (this.connects) observer.link('connected', undefined);
      },
      read: async () => {
        this.readings += 1;
        if (this.hangs) return new Promise<never>(() => {});
        const { reading } = this;
        await this.beforeReply();
        if (this.error !== undefined) throw this.error;
        return reading;
      },
      stop: () => {
        this.stopped += 1;
        return Promise.resolve();
      },
    };
  }
}

export interface FakeFamilyOptions {
  readonly name?: string;
  readonly schemes?: readonly string[];
  readonly optionsSchema?: string;
  readonly identify?: (approach: GearApproach) => Promise<GearIdentification>;
}

/** Drivers for gear by link: `fake://one:1` is `gear('fake://one:1')`. */
export class FakeFamily {
  readonly #gear = new Map<string, FakeGear>();
  readonly family: GearFamily;

  constructor(options: FakeFamilyOptions = {}) {
    this.family = {
      name: options.name ?? 'freetdm',
      title: 'Fake gear',
      schemes: options.schemes ?? ['esl:'],
      defaultPollS: 5,
      optionsSchema: options.optionsSchema,
      checkLink: () => {},
      create: (approach) => this.at(approach.link.url).driver(approach),
      identify:
        options.identify ??
        (() =>
          Promise.resolve({ score: 90, identity: { model: 'Fake 1' }, evidence: 'It says so' })),
    };
  }

  at(link: string): FakeGear {
    const known = this.#gear.get(link) ?? new FakeGear();
    this.#gear.set(link, known);
    return known;
  }
}
