// Whose turn it is: accounts in a ring, and within an account its jobs in a ring, so that one
// account's thousand jobs do not hold up another's one. Pure.

export interface RotationEntry {
  readonly accountId: string;
}

/** How many jobs of an account take turns; the others wait, oldest first. */
const JOBS_AT_ONCE = 4;

export class Rotation<Entry extends RotationEntry> {
  readonly #accounts = new Map<string, Entry[]>();

  get size(): number {
    let size = 0;
    for (const entries of this.#accounts.values()) size += entries.length;
    return size;
  }

  /** The entry waits for a turn, behind the others of its account that take turns. */
  add(entry: Entry): void {
    const entries = this.#accounts.get(entry.accountId);
    if (entries === undefined) this.#accounts.set(entry.accountId, [entry]);
    else entries.push(entry);
  }

  /** Gives an entry back after its turn: it keeps its place among those that take turns. */
  giveBack(entry: Entry): void {
    const entries = this.#accounts.get(entry.accountId);
    if (entries === undefined) this.#accounts.set(entry.accountId, [entry]);
    else entries.splice(Math.min(entries.length, JOBS_AT_ONCE - 1), 0, entry);
  }

  /** Takes the entry whose turn it is; its account goes to the end of the ring. */
  next(): Entry | undefined {
    const first = this.#accounts.entries().next();
    if (first.done === true) return undefined;
    const [accountId, entries] = first.value;
    const entry = entries.shift();
    this.#accounts.delete(accountId);
    if (entries.length > 0) this.#accounts.set(accountId, entries);
    return entry;
  }
}
