// What somebody typed and did not save: survives reload, reconnect and crash. Secrets are not
// kept: after a reload they must be typed again.

import { isObject, type JsonObject } from '../../agent/client/index.ts';
import { type Memory, scopedMemory } from '../host/host.ts';
import { withoutSecrets } from './document.ts';

export interface Draft {
  readonly document: JsonObject;
  /** What the edit began with; undefined: a new document. */
  readonly base: JsonObject | undefined;
  readonly revision: string | undefined;
  readonly savedMs: number;
}

export interface Drafts {
  readonly load: (key: string) => Draft | undefined;
  readonly save: (key: string, draft: Draft | undefined) => void;
  readonly keys: () => readonly string[];
}

/** @param scope site and account: drafts of one never show in another */
export function createDrafts(memory: Memory, scope: string): Drafts {
  const own = scopedMemory(memory, `draft.${scope}.`);
  return {
    load: (key) => parse(own.load(key)),
    save: (key, draft) =>
      own.save(
        key,
        draft === undefined
          ? undefined
          : JSON.stringify({
              ...draft,
              document: withoutSecrets(draft.document),
              base: draft.base === undefined ? undefined : withoutSecrets(draft.base),
            }),
      ),
    keys: own.keys,
  };
}

function parse(text: string | undefined): Draft | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Partial<Draft> | null;
    if (!isObject(value?.document)) return undefined;
    return {
      document: value.document,
      base: isObject(value.base) ? value.base : undefined,
      revision: typeof value.revision === 'string' ? value.revision : undefined,
      savedMs: typeof value.savedMs === 'number' ? value.savedMs : 0,
    };
  } catch {
    return undefined;
  }
}
