// Conditional requests (RFC 9110 §13) as a value that services check inside the transaction
// that writes, so that nothing can slip between the check and the write.

import { CraftportError } from '../base/error.ts';

/** Entity tags without quotes; `*` stands for any. Absent: no condition. */
export interface Preconditions {
  readonly ifMatch?: readonly string[];
  readonly ifNoneMatch?: readonly string[];
}

export const NO_PRECONDITIONS: Preconditions = {};

/**
 * @param revision the current revision, or undefined when nothing exists yet
 * @throws document.revision-mismatch (412)
 */
export function assertPreconditions(conditions: Preconditions, revision: string | undefined): void {
  const { ifMatch, ifNoneMatch } = conditions;
  const matches = (tags: readonly string[]): boolean =>
    revision !== undefined && (tags.includes('*') || tags.includes(revision));
  if (
    (ifMatch !== undefined && !matches(ifMatch)) ||
    (ifNoneMatch !== undefined && matches(ifNoneMatch))
  )
    throw new CraftportError('document.revision-mismatch', 'The document has another revision now');
}

/** Parses If-Match / If-None-Match: `"a", W/"b"`, `*`; unquoted tags are taken as they are. */
export function parseEntityTags(header: string): readonly string[] {
  return header
    .split(',')
    .map((tag) =>
      tag
        .trim()
        .replace(/^W\//, '')
        .replace(/^"(.*)"$/, '$1'),
    )
    .filter((tag) => tag !== '');
}
