// The regular part of PCRE as a tree, and look-ahead. What else is not regular (look-behind,
// back-references, atomic groups, recursion, …) has no node: PCRE2 itself runs such a pattern, from its text.

import type { ByteSet } from './byte-set.ts';

/** `end` also matches before a final newline (`$`, `\Z`); `very-end` does not (`\z`). */
export type Edge = 'start' | 'end' | 'very-end' | 'word' | 'not-word';

export type Node =
  | { readonly kind: 'byte'; readonly set: ByteSet }
  | { readonly kind: 'edge'; readonly edge: Edge }
  /** A look-ahead: the one irregular part that V8 can also run, and carriers do use. */
  | { readonly kind: 'look'; readonly negative: boolean; readonly body: Node }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly branches: readonly Node[] }
  | { readonly kind: 'capture'; readonly index: number; readonly body: Node }
  | {
      readonly kind: 'repeat';
      readonly body: Node;
      readonly least: number;
      /** Infinity when there is no upper bound. */
      readonly most: number;
      readonly lazy: boolean;
    };

/** What reading a pattern gives. */
export type Syntax =
  | { readonly kind: 'tree'; readonly root: Node; readonly captures: number }
  /** Correct or not, only PCRE2 can say; `construct` is what stopped the reader. */
  | { readonly kind: 'beyond'; readonly construct: string }
  | { readonly kind: 'malformed'; readonly message: string; readonly offset: number };
