// Writes down what passes on the lines to gear: one scribe a line, which makes whole masked
// entries of it, and one log that keeps them.

import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Timers } from '../base/timers.ts';
import { type SessionEntry, SessionScribe } from '../gear/session-scribe.ts';

export interface WatchedLine {
  watch(watcher: {
    bytes(direction: 'sent' | 'received', bytes: Uint8Array, by: string | undefined): void;
    state(state: { readonly isOpen: boolean; readonly person: string | undefined }): void;
  }): () => void;
}

export interface LineLogOptions {
  /** Resolves when the entries are on the disk. */
  readonly append: (gearId: string, entries: readonly LogEntry[]) => Promise<void>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** `eof`: the line closed. */
export type LogEntry = Omit<SessionEntry, 'dir'> & { readonly dir: SessionEntry['dir'] | 'eof' };

/** A prompt has no line end: it is written when nothing came for so long. */
const QUIET_MS = 2_000;

export class LineLog {
  readonly #options: LineLogOptions;

  constructor(options: LineLogOptions) {
    this.#options = options;
  }

  /**
   * Writes from now on.
   * @param secrets of the gear's record, never to be written
   */
  follow(gearId: string, line: WatchedLine, secrets: readonly string[]): void {
    const { clock, timers } = this.#options;
    const scribe = new SessionScribe(secrets);
    let cancel = (): void => undefined;
    let wasOpen = false;
    const write = (entries: readonly LogEntry[]): void => this.#write(gearId, entries);
    line.watch({
      bytes: (direction, bytes, by) => {
        const nowMs = clock.nowMs();
        write(direction === 'sent' ? scribe.sent(bytes, by, nowMs) : scribe.received(bytes, nowMs));
        cancel();
        cancel = timers.after(QUIET_MS, () => write(scribe.idle()));
      },
      state: ({ isOpen }) => {
        if (wasOpen && !isOpen) {
          cancel();
          write([...scribe.end(), { atMs: clock.nowMs(), dir: 'eof', data: '', by: undefined }]);
        }
        wasOpen = isOpen;
      },
    });
  }

  #write(gearId: string, entries: readonly LogEntry[]): void {
    if (entries.length === 0) return;
    this.#options.append(gearId, entries).catch((error: unknown) => {
      this.#options.logger.warn(() => 'the session log could not be written', { gearId, error });
    });
  }
}
