// A page in order of id, as SQL. The index it needs ends in `id`.

import type { Page } from '../account/account-store.ts';
import type { SqlValue } from './sql.ts';

export interface IdPageSql {
  /** Conditions, to follow others, then ORDER BY and LIMIT. */
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

export function idPage({ direction = 'ascending', start, end, limit }: Page): IdPageSql {
  const [onward, back] = direction === 'ascending' ? ['>', '<'] : ['<', '>'];
  const bounds = [
    ...(start === undefined ? [] : [{ ...start, comparison: onward }]),
    ...(end === undefined ? [] : [{ ...end, comparison: back }]),
  ];
  const conditions = bounds.map(
    ({ comparison, isInclusive }) => ` AND id ${comparison}${isInclusive ? '=' : ''} ?`,
  );
  const order = direction === 'ascending' ? 'ASC' : 'DESC';
  return {
    sql: `${conditions.join('')} ORDER BY id ${order} LIMIT ?`,
    values: [...bounds.map(({ id }) => id), limit],
  };
}
