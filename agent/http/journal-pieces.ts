// Pieces of the journal for clients that are far behind. Those that fall behind together ask for
// the same piece: it is read and encoded once, and a few are read at a time.

import PQueue from 'p-queue';
import type { EventReader } from '../document/event-store.ts';
import { type EventFrame, toFrame } from './event-frames.ts';

/** Events of one piece. */
export const PIECE_EVENTS = 500;
/** The others wait their turn. */
const READS_AT_ONCE = 4;

export class JournalPieces {
  readonly #events: Pick<EventReader, 'after'>;
  readonly #queue = new PQueue({ concurrency: READS_AT_ONCE });
  readonly #underWay = new Map<number, Promise<readonly EventFrame[]>>();

  constructor(events: Pick<EventReader, 'after'>) {
    this.#events = events;
  }

  /** The first events after `position`, oldest first; the journal may have forgotten some. */
  after(position: number): Promise<readonly EventFrame[]> {
    const known = this.#underWay.get(position);
    if (known !== undefined) return known;
    const piece = this.#queue
      .add(async () => (await this.#events.after(position, PIECE_EVENTS)).map(toFrame))
      .finally(() => this.#underWay.delete(position));
    this.#underWay.set(position, piece);
    return piece;
  }
}
