// What was last known of each site, over restarts: a desktop that starts without a network
// shows it with its age. A convenience, so a damaged file is begun anew and not refused.

import { isCode } from '../../agent/base/error.ts';
import type { IpcSiteFacts, JsonSchema } from '../../schemas/ipc.ts';
import { FACTS_SCHEMA } from './site-facts.ts';
import { VersionedFile } from './versioned-file.ts';

export interface KnownFacts {
  /** Unix milliseconds, by this computer's clock. */
  readonly atMs: number;
  readonly facts: IpcSiteFacts;
}

type Content = Readonly<Record<string, KnownFacts>>;

const SCHEMA: JsonSchema = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    additionalProperties: false,
    required: ['atMs', 'facts'],
    properties: { atMs: { type: 'number' }, facts: FACTS_SCHEMA },
  },
};

export class LastKnown {
  readonly #file: VersionedFile<Content>;
  readonly #isWritable: boolean;
  readonly #content: Map<string, KnownFacts>;

  private constructor(file: VersionedFile<Content>, content: Content, isWritable: boolean) {
    this.#file = file;
    this.#content = new Map(Object.entries(content));
    this.#isWritable = isWritable;
  }

  /** A newer program's file is left as it is, and nothing is kept then. */
  static async open(path: string): Promise<LastKnown> {
    const file = new VersionedFile<Content>({ file: path, version: 1, schema: SCHEMA, empty: {} });
    try {
      return new LastKnown(file, await file.load(), true);
    } catch (error) {
      if (!isCode(error, 'config.unreadable', 'config.newer-than-program')) throw error;
      return new LastKnown(file, {}, isCode(error, 'config.unreadable'));
    }
  }

  get(siteId: string): KnownFacts | undefined {
    return this.#content.get(siteId);
  }

  set(siteId: string, known: KnownFacts): void {
    this.#content.set(siteId, known);
  }

  forget(siteId: string): void {
    this.#content.delete(siteId);
  }

  /** A disk that is full costs the memory over restarts, not the program. */
  async save(): Promise<void> {
    if (!this.#isWritable) return;
    await this.#file.save(Object.fromEntries(this.#content)).catch(() => undefined);
  }
}
