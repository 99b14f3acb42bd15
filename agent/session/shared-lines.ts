// The shared line of each gear. A line outlives the driver that speaks on it, so that a person
// who has the word keeps it while a driver is made anew.

import type { OpenPort } from '../transport/port.ts';
import { SharedLine } from './shared-line.ts';

interface Kept {
  readonly line: SharedLine;
  /** What the line was opened with: another link or password is another line. */
  readonly approach: string;
}

export class SharedLines {
  readonly #lines = new Map<string, Kept>();
  readonly #onLine: (gearId: string, line: SharedLine) => void;

  /** @param onLine told of each line before anything passes on it */
  constructor(onLine: (gearId: string, line: SharedLine) => void = () => undefined) {
    this.#onLine = onLine;
  }

  /** undefined: gear that was never watched, or that has no line (a socket of its own). */
  of(gearId: string): SharedLine | undefined {
    return this.#lines.get(gearId)?.line;
  }

  /**
   * The driver's way to its port, over the gear's line.
   * @param approach what decides whether it is the same line: link and credentials as one text
   */
  openForDriver(gearId: string, approach: string, open: OpenPort): OpenPort {
    return this.#line(gearId, approach, open).openForDriver;
  }

  /** Ends every line. Twice is fine. */
  async close(): Promise<void> {
    const lines = [...this.#lines.values()];
    this.#lines.clear();
    await Promise.all(lines.map(({ line }) => line.close()));
  }

  #line(gearId: string, approach: string, open: OpenPort): SharedLine {
    const kept = this.#lines.get(gearId);
    if (kept?.approach === approach) return kept.line;
    void kept?.line.close();
    const line = new SharedLine(open);
    this.#lines.set(gearId, { line, approach });
    this.#onLine(gearId, line);
    return line;
  }
}
