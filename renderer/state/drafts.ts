// What somebody typed and did not save: survives reload, reconnect and crash. Kept is what the
// schema knows and does not mark as a secret (`x-secret`), and nothing else: a key of somebody's
// own may hold a PIN under any name. Of keys that people name themselves (SIP headers) those that
// sound like a secret are left out too. What is not kept comes back from the stored version, or must be typed again.

import { isObject, type Json, type JsonObject } from '../../agent/client/index.ts';
import { type Memory, scopedMemory } from '../host/host.ts';
import { isSame, isSecretName } from './document.ts';

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
 * @param isPublic whether the schema says what stands at a dotted path, and that it is no secret
 */
export function createDrafts(
  memory: Memory,
  scope: string,
  isPublic: (path: string) => boolean,
): Drafts {
  const isKept = (path: string, key: string): boolean => !isSecretName(key) && isPublic(path);
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
    const items = kept as readonly Json[];
    const others = partnersOf(items, listOf(stored), (item, index) =>
      keep(item, isKept, `${path}${String(index)}.`),
    );
    return items.map((item, index) =>
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

/** One thing may stand where a list of them does. */
function listOf(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  return isObject(value) ? [value] : [];
}

/**
 * Which stored item each kept one was, though they may be moved, removed and changed: the one
 * that looks the same, then the one most like it, then the one in its place. A password must not
 * come back in another gateway.
 */
function partnersOf(
  items: readonly Json[],
  stored: readonly Json[],
  shownOf: (item: Json, index: number) => Json,
): readonly (Json | undefined)[] {
  const shown = stored.map(shownOf);
  const pairs = items.flatMap((item, at) =>
    shown.flatMap((other, from) => {
      const likeness = likenessOf(item, other);
      // A new one is like none; where nothing came or went, one may be changed altogether.
      const mayBe = likeness >= 0.5 || (at === from && items.length === stored.length);
      return mayBe ? [{ at, from, likeness }] : [];
    }),
  );
  pairs.sort(
    (a, b) =>
      b.likeness - a.likeness || Math.abs(a.at - a.from) - Math.abs(b.at - b.from) || a.at - b.at,
  );
  const partners: (Json | undefined)[] = items.map(() => undefined);
  const [taken, given] = [new Set<number>(), new Set<number>()];
  for (const { at, from } of pairs) {
    if (taken.has(from) || given.has(at)) continue;
    taken.add(from);
    given.add(at);
    partners[at] = stored[from];
  }
  return partners;
}

/** 1: the same; else the share of what `other` shows that is the same. */
function likenessOf(item: Json, other: Json): number {
  if (isSame(item, other)) return 1;
  if (!isObject(item) || !isObject(other)) return 0;
  const keys = Object.keys(other);
  return keys.filter((key) => isSame(item[key], other[key])).length / (keys.length + 1);
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
