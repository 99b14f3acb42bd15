// The paths of accounts that events are about; each account is looked up once and remembered.

import type { EventFrame, PathOf } from './event-frames.ts';

const MOST = 10_000;

export class AccountPaths {
  readonly #lookUp: (accountId: string) => Promise<readonly string[] | undefined>;
  readonly #known = new Map<string, readonly string[]>();

  /** @param lookUp ids from the master account down to this one; undefined when there is none */
  constructor(lookUp: (accountId: string) => Promise<readonly string[] | undefined>) {
    this.#lookUp = lookUp;
  }

  /** The paths of all accounts in `frames`. */
  async of(frames: readonly EventFrame[]): Promise<PathOf> {
    const paths = new Map<string, readonly string[] | undefined>();
    for (const { accountId: id } of frames)
      if (id !== undefined && !paths.has(id))
        paths.set(id, this.#known.get(id) ?? (await this.#lookUp(id)));
    if (this.#known.size + paths.size > MOST) this.#known.clear();
    for (const [id, path] of paths) if (path !== undefined) this.#known.set(id, path);
    return (id) => paths.get(id);
  }
}
