// What the gear service asks of a driver, whatever the gear. A driver owns its conversation
// with the gear (connecting, reconnecting, pacing); the service owns when to ask, and storage.

import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { PerformanceInterval } from './performance.ts';
import type { AlarmReport, ChannelReport, SpanReport } from './span.ts';

/** Everything a driver read in one go. */
export interface GearReading {
  /** Model, version, host name: what the gear says of itself. */
  readonly identity: Readonly<Record<string, string>>;
  readonly spans: readonly SpanReport[];
  /** All alarms that stand now. What is missing here has cleared. */
  readonly alarms: readonly AlarmReport[];
  /** What is wrong without being an alarm of the gear (module not loaded, a wedged command). */
  readonly findings: readonly GearFinding[];
  /** Counters that came with it; absent: none were read this time. */
  readonly performance?: readonly PerformanceInterval[];
}

/** A condition of the gear or of our link to it, with what a technician can do. */
export interface GearFinding {
  /** Dotted, stable: `gear.login-refused`, `freetdm.module-not-loaded`, `span.wedged`. */
  readonly code: string;
  readonly span: string | undefined;
  readonly message: string;
}

export type GearLinkState = 'connecting' | 'connected' | 'down';

/** What a driver tells unasked. Each report is true at the moment of the call. */
export interface GearObserver {
  link(state: GearLinkState, finding: GearFinding | undefined): void;
  /** Something changed that only a whole reading can tell (a reboot, a reload): read again soon. */
  changed(reason: string): void;
  /** One span as it is now; replaces what was known of it. */
  span(report: SpanReport): void;
  /** One channel as it is now. `span` is the span's native name. */
  channel(span: string, report: ChannelReport): void;
  /** An alarm raised, changed, or (severity `cleared`) ended. */
  alarm(report: AlarmReport): void;
  /** One frame of the conversation, for the transcript. `text` may hold secrets; the service masks. */
  frame(direction: 'sent' | 'received', text: string, decoded: string): void;
}

export interface GearDriver {
  /** Starts connecting and keeps at it with back-off. Twice is fine. */
  start(observer: GearObserver): void;
  /**
   * Reads everything. Ends within the driver's own time limit whatever the gear does.
   * @throws driver.not-connected, driver.timeout, driver.login-refused, driver.denied,
   * driver.unexpected-reply, transport.*
   */
  read(signal: AbortSignal): Promise<GearReading>;
  /** Closes the conversation within a bounded time. Twice is fine. */
  stop(): Promise<void>;
}

/** How to reach gear: its link and credentials, in clear only here. */
export interface GearLink {
  /** `esl://127.0.0.1:8021`, `file:///proc/dahdi`, `serial:///dev/…?baud=9600`, `tcp://…`. */
  readonly url: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** What one look at the gear says about which driver it wants. */
export interface GearIdentification {
  /** 0: certainly another family; 100: certainly this one. */
  readonly score: number;
  readonly identity: Readonly<Record<string, string>>;
  /** For people: what was seen that led to the score. */
  readonly evidence: string;
}

/** What every driver is given beside its link. `P` is the open byte pipe (transport's OpenPort). */
export interface GearDriverContext<P> {
  readonly link: GearLink;
  /** Opens the link's port; one call, one connection. */
  readonly openPort: P;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Driver options of the gear record (TL1 profile, CLI profile text, …), already validated. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** One kind of gear: one entry of the table the composition root builds. */
export interface GearDriverFamily<P> {
  /** `freetdm`, `dahdi`, `ios`, `tl1`, … as gear records name it. */
  readonly name: string;
  readonly title: string;
  /** Link schemes it speaks over: `esl:`, `file:`, `serial:`, `tcp:`, … */
  readonly schemes: readonly string[];
  readonly defaultPollS: number;
  /** Name of the schema of its options (schemas/…); undefined: it takes none. */
  readonly optionsSchema?: string;
  create(context: GearDriverContext<P>): GearDriver;
  /** Connects, looks, leaves. Only reads. @throws as GearDriver.read */
  identify(context: GearDriverContext<P>, signal: AbortSignal): Promise<GearIdentification>;
}
