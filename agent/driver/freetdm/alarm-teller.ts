// Tells alarms as they come and go, each change once.

import type { AlarmReport } from '../../span/span.ts';

export class AlarmTeller {
  readonly #tell: (report: AlarmReport) => void;
  #standing: ReadonlyMap<string, AlarmReport> = new Map();

  constructor(tell: (report: AlarmReport) => void) {
    this.#tell = tell;
  }

  /** @param alarms all that stand now; those that stood and are missing have cleared */
  tell(alarms: readonly AlarmReport[]): void {
    const before = this.#standing;
    this.told(alarms);
    for (const [key, alarm] of this.#standing) {
      const known = before.get(key);
      if (known?.severity !== alarm.severity || known.explanation !== alarm.explanation)
        this.#tell(alarm);
    }
    for (const [key, alarm] of before)
      if (!this.#standing.has(key)) this.#tell({ ...alarm, severity: 'cleared' });
  }

  /** These were told otherwise. */
  told(alarms: readonly AlarmReport[]): void {
    this.#standing = new Map(
      alarms.map((alarm) => [JSON.stringify([alarm.span ?? null, alarm.name]), alarm]),
    );
  }
}
