// Documents as the editor changes them. Pure: paths are dotted (`gateways.0.server`), what is
// not touched stays the same object, keys that the form does not know stay where they are.

import { isObject, type Json, type JsonObject } from '../../agent/client/index.ts';

export function valueAt(document: Json | undefined, path: string): Json | undefined {
  let value: Json | undefined = document;
  for (const part of path.split('.')) {
    if (Array.isArray(value)) value = (value as readonly Json[])[Number(part)];
    else if (isObject(value)) value = value[part];
    else return undefined;
  }
  return value;
}

/**
 * @param value undefined takes the key away; objects that are empty then go too, lists stay
 */
export function withValue(document: JsonObject, path: string, value: Json | undefined): JsonObject {
  const result = setIn(document, path.split('.'), value);
  return isObject(result) ? result : {};
}

function setIn(
  node: Json | undefined,
  path: readonly string[],
  value: Json | undefined,
): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(node)) {
    const list = node as readonly Json[];
    const next = setIn(list[Number(key)], rest, value);
    return list.map((item, index) => (index === Number(key) ? (next ?? {}) : item));
  }
  const object: JsonObject = isObject(node) ? node : {};
  const next = setIn(object[key], rest, value);
  const isGone = next === undefined || (rest.length > 0 && isObject(next) && isEmpty(next));
  if (!isGone) return { ...object, [key]: next };
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

function isEmpty(object: JsonObject): boolean {
  return Object.keys(object).length === 0;
}

/** The list with one of its items in another place. */
export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const rest = list.filter((_item, index) => index !== from);
  const item = list[from];
  return item === undefined ? list : [...rest.slice(0, to), item, ...rest.slice(to)];
}

/** Same JSON, whatever the order of keys. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    const [left, right] = [a as readonly Json[], b as readonly Json[]];
    return left.length === right.length && left.every((item, index) => isSame(item, right[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSame(a[key], b[key]));
}

/** Whether all of `part` stands in `full`, which may have more keys: defaults that were filled in. */
export function covers(full: Json | undefined, part: Json | undefined): boolean {
  if (Array.isArray(full) && Array.isArray(part)) {
    const [all, some] = [full as readonly Json[], part as readonly Json[]];
    return all.length === some.length && some.every((item, index) => covers(all[index], item));
  }
  if (!isObject(full) || !isObject(part)) return isSame(full, part);
  return Object.entries(part).every(([key, item]) => covers(full[key], item));
}

export interface Difference {
  readonly path: string;
  readonly before: Json | undefined;
  readonly mine: Json | undefined;
  readonly theirs: Json | undefined;
  /** Both changed it, to different values: a person must choose. */
  readonly isConflict: boolean;
}

/** Where two versions that began as `base` differ; lists count as one value. */
export function differencesOf(
  base: JsonObject,
  mine: JsonObject,
  theirs: JsonObject,
  prefix = '',
): readonly Difference[] {
  const keys = new Set([...Object.keys(base), ...Object.keys(mine), ...Object.keys(theirs)]);
  return [...keys].flatMap((key) => {
    const path = prefix + key;
    const [before, left, right] = [base[key], mine[key], theirs[key]];
    if (isSame(left, right)) return [];
    if ([before ?? {}, left ?? {}, right ?? {}].every(isObject))
      return differencesOf(
        (before ?? {}) as JsonObject,
        (left ?? {}) as JsonObject,
        (right ?? {}) as JsonObject,
        `${path}.`,
      );
    const isConflict = !isSame(before, left) && !isSame(before, right);
    return [{ path, before, mine: left, theirs: right, isConflict }];
  });
}

/**
 * Their version with my changes in it.
 * @param chosen for paths that both changed, whose value counts; mine where nothing is said
 */
export function mergeVersions(
  base: JsonObject,
  mine: JsonObject,
  theirs: JsonObject,
  chosen: ReadonlyMap<string, 'mine' | 'theirs'>,
): JsonObject {
  let merged = theirs;
  for (const difference of differencesOf(base, mine, theirs)) {
    const mineChanged = !isSame(difference.before, difference.mine);
    if (!mineChanged) continue;
    if (difference.isConflict && chosen.get(difference.path) === 'theirs') continue;
    merged = withValue(merged, difference.path, difference.mine);
  }
  return merged;
}

/** For showing a value in a line. */
export function briefOf(value: Json | undefined): string {
  if (value === undefined) return '—';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Wider than the agent's list: what is taken for a secret here is merely typed again. */
const SECRET_KEY =
  /pass(?:word|wd|phrase)?|secret|api[_-]?key|private[_-]?key|token|credential|authori[sz]ation|cookie/i;

export function isSecretName(key: string): boolean {
  return SECRET_KEY.test(key);
}

/** Without what must not be kept outside the agent. */
export function withoutSecrets(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutSecrets);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === undefined || (SECRET_KEY.test(key) && typeof item === 'string')
        ? []
        : [[key, withoutSecrets(item)]],
    ),
  );
}
