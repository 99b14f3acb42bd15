// The journal of events as the event stream reads it: a bounded window of the newest.

import type { DomainEvent } from '../base/change.ts';

export interface EventWindow {
  /** Sequence of the oldest event still kept; undefined: none is. */
  readonly oldest: number | undefined;
  /** Sequence of the newest event ever written; 0: none was. */
  readonly newest: number;
}

export interface EventReader {
  window(): Promise<EventWindow>;
  /** Events after `sequence`, oldest first. */
  after(sequence: number, limit: number): Promise<readonly DomainEvent[]>;
}
