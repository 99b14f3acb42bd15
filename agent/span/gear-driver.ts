// What the gear service asks of a driver, whatever the gear. A driver owns its conversation
// with the gear (connecting, reconnecting, pacing); the service owns when to ask, and storage.

import type { Logger } from '../base/logger.ts';
import type { AlarmReport, SpanReport } from './span.ts';

/** Everything a driver read in one go. */
export interface GearReading {
  /** Model, version, host name: what the gear says of itself. */
  readonly identity: Readonly<Record<string, string>>;
  readonly spans: readonly SpanReport[];
  /** All alarms that stand now. What is missing here has cleared. */
  readonly alarms: readonly AlarmReport[];
  /** What is wrong without being an alarm of the gear (module not loaded, a wedged command). */
  readonly findings: readonly GearFinding[];
}

/** A condition of the gear or of our link to it, with what a technician can do. */
export interface GearFinding {
  /** Dotted, stable: `gear.login-refused`, `freetdm.module-not-loaded`, `span.wedged`. */
  readonly code: string;
  readonly span: string | undefined;
  readonly message: string;
}

export type GearLinkState = 'connecting' | 'connected' | 'down';

/** What a driver tells unasked. */
export interface GearObserver {
  link(state: GearLinkState, finding: GearFinding | undefined): void;
  /** Something changed (an alarm event, a call, a reconnect): read again soon. */
  changed(reason: string): void;
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
  /** `esl://127.0.0.1:8021`, `file:///proc/dahdi`, later `serial://…`. */
  readonly url: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

export type CreateGearDriver = (link: GearLink, logger: Logger) => GearDriver;
