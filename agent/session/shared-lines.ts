// The shared line of each gear. A line outlives the driver that speaks on it, so that a person
// who has the word keeps it while a driver is made anew.

import type { OpenPort } from '../transport/port.ts';
import { SharedLine } from './shared-line.ts';

/** What a line is opened with. */
export interface LineApproach {
  /** Link and credentials as one text: another text is another line. */
  readonly key: string;
  /** What must not be shown of what passes on it. */
  readonly secrets: readonly string[];
}

interface Kept {
  readonly line: SharedLine;
  readonly approach: LineApproach;
}

export class SharedLines {
  readonly #lines = new Map<string, Kept>();
  readonly #onLine: (gearId: string, line: SharedLine, secrets: readonly string[]) => void;

  /** @param onLine told of each line before anything passes on it */
  constructor(onLine: (gearId: string, line: SharedLine, secrets: readonly string[]) => void) {
    this.#onLine = onLine;
  }

  /** undefined: gear that was never watched, or that has no line (a socket of its own). */
  of(gearId: string): SharedLine | undefined {
    return this.#lines.get(gearId)?.line;
  }

  /** What must not be shown of a gear's line. */
  secretsOf(gearId: string): readonly string[] {
    return this.#lines.get(gearId)?.approach.secrets ?? [];
  }

  /** The driver's way to its port, over the gear's line. */
  openForDriver(gearId: string, approach: LineApproach, open: OpenPort): OpenPort {
    return this.#line(gearId, approach, open).openForDriver;
  }

  /** Ends every line. Twice is fine. */
  async close(): Promise<void> {
    const lines = [...this.#lines.values()];
    this.#lines.clear();
    await Promise.all(lines.map(({ line }) => line.close()));
  }

  #line(gearId: string, approach: LineApproach, open: OpenPort): SharedLine {
    const kept = this.#lines.get(gearId);
    if (kept?.approach.key === approach.key) return kept.line;
    void kept?.line.close();
    const line = new SharedLine(open);
    this.#lines.set(gearId, { line, approach });
    this.#onLine(gearId, line, approach.secrets);
    return line;
  }
}
