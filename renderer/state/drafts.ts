// What somebody typed and did not save: survives reload, reconnect and crash. Kept is what the
// schema knows to be no secret, and nothing else: a key of somebody's own may hold a PIN under any
// name. What is not kept comes back from the stored version, or must be typed again.

import { isObject, type Json, type JsonObject } from '../../agent/client/index.ts';
import { type Memory, scopedMemory } from '../host/host.ts';
import { isSecretName } from './document.ts';

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
  /** A kept document with what was not kept as `stored` has it. */
  readonly complete: (kept: JsonObject, stored: JsonObject) => JsonObject;
}

/**
 * @param scope site and account: drafts of one never show in another
 * @param isKnown whether the schema says what stands at a dotted path
 */
export function createDrafts(
  memory: Memory,
  scope: string,
  isKnown: (path: string) => boolean,
): Drafts {
  const isKept = (path: string, key: string): boolean => !isSecretName(key) && isKnown(path);
  const kept = (document: JsonObject): Json => keep(document, isKept, '');
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
              document: kept(draft.document),
              base: draft.base === undefined ? undefined : kept(draft.base),
            }),
      ),
    keys: own.keys,
    complete: (document, stored) => complete(document, stored, isKept, '') as JsonObject,
  };
}

type IsKept = (path: string, key: string) => boolean;

function keep(value: Json, isKept: IsKept, path: string): Json {
  if (Array.isArray(value))
    return (value as readonly Json[]).map((item, index) =>
      keep(item, isKept, `${path}${String(index)}.`),
    );
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item !== undefined && isKept(path + key, key)
        ? [[key, keep(item, isKept, `${path}${key}.`)]]
        : [],
    ),
  );
}

function complete(kept: Json, stored: Json | undefined, isKept: IsKept, path: string): Json {
  if (Array.isArray(kept)) {
    const others = Array.isArray(stored) ? (stored as readonly Json[]) : [];
    return (kept as readonly Json[]).map((item, index) =>
      complete(item, others[index], isKept, `${path}${String(index)}.`),
    );
  }
  if (!isObject(kept)) return kept;
  const other: JsonObject = isObject(stored) ? stored : {};
  const missing = Object.entries(other).filter(
    ([key]) => kept[key] === undefined && !isKept(path + key, key),
  );
  const present = Object.entries(kept).map(([key, item]): [string, Json | undefined] => [
    key,
    item === undefined ? item : complete(item, other[key], isKept, `${path}${key}.`),
  ]);
  return Object.fromEntries([...present, ...missing]);
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
