// Commands that hang. `ftdm stop` of a libpri span can deadlock; from then on `ftdm list` and
// `ftdm dump` of that span never answer, and each further try costs FreeSWITCH a thread for
// ever. So a command that hung is not asked again: until its late answer comes after all, or
// FreeSWITCH is another run of itself.

import type { BackgroundJob } from '../../session/esl/connection.ts';

/** A span's id, or the list of all spans. */
export type Wedge = number | 'list';

export class Wedges {
  readonly #standing = new Map<Wedge, string>();
  readonly #answered: (wedge: Wedge) => void;

  /** @param answered told when what hung has answered after all */
  constructor(answered: (wedge: Wedge) => void) {
    this.#answered = answered;
  }

  has(wedge: Wedge): boolean {
    return this.#standing.has(wedge);
  }

  get spans(): readonly number[] {
    return [...this.#standing.keys()].filter((wedge) => wedge !== 'list');
  }

  add(wedge: Wedge, job: BackgroundJob): void {
    this.#standing.set(wedge, job.id);
    job.output.then(
      () => {
        if (this.#standing.get(wedge) !== job.id) return;
        this.#standing.delete(wedge);
        this.#answered(wedge);
      },
      // The connection ended; whether the job still hangs is not told.
      () => undefined,
    );
  }

  clear(): void {
    this.#standing.clear();
  }
}
