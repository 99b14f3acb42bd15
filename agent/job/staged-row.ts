// From a number as typed to a row of the upload. Pure.

import type { JsonObject } from '../base/json.ts';
import type { NumberRules } from '../number/number-document.ts';

/** One number of an upload. */
export interface TypedNumber {
  readonly typed: string;
  /** Public fields of the number, from further columns. */
  readonly fields: JsonObject | undefined;
}

export type RowKind = 0 | 1 | 2 | 3;
export const KIND_NUMBER: RowKind = 0;
export const KIND_NOT_RECONCILABLE: RowKind = 1;
export const KIND_REPEAT: RowKind = 2;
export const KIND_FORBIDDEN: RowKind = 3;

/** key, typed (null: the same text as key), kind, fields as JSON. */
export type StagedRow = readonly [string, string | null, RowKind, string | null];

/** A row of an upload, with its line end, has at most so many bytes. */
export const MAX_ROW_BYTES = 4096;

/**
 * How many rows make a sorted run. Part of what is stored: the run of a row follows from its
 * position.
 */
export const RUN_ROWS = 4096;

/**
 * Rows of one run. The same text again within the run is marked here; across runs the batch
 * that processes the key finds it.
 * @param mayAdd whether who asks may add numbers at all
 * @param seen texts of the run so far, where it comes in pieces
 */
export function stageRows(
  numbers: readonly TypedNumber[],
  rules: Pick<NumberRules, 'normalize'>,
  mayAdd = true,
  seen = new Set<string>(),
): readonly StagedRow[] {
  const good = mayAdd ? KIND_NUMBER : KIND_FORBIDDEN;
  return numbers.map(({ typed, fields }): StagedRow => {
    const normalized = rules.normalize(typed);
    // Keys are compared with the cursor, and nothing sorts before the empty text.
    const isEmpty = normalized.e164 === '';
    const e164 = isEmpty ? ' ' : normalized.e164;
    const reconcilable = normalized.reconcilable && !isEmpty;
    const isRepeat = seen.has(typed);
    seen.add(typed);
    return [
      e164,
      typed === e164 ? null : typed,
      isRepeat ? KIND_REPEAT : reconcilable ? good : KIND_NOT_RECONCILABLE,
      fields === undefined || Object.keys(fields).length === 0 ? null : JSON.stringify(fields),
    ];
  });
}
