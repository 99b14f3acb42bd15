// Facts about a parsed pattern that need no text: lengths, anchors, and which engine may run it.

import type { Node } from './syntax.ts';

/** The fewest and the most bytes `node` can consume; the most may be Infinity. */
export function lengths(node: Node): { readonly least: number; readonly most: number } {
  switch (node.kind) {
    case 'byte':
      return { least: 1, most: 1 };
    case 'edge':
    case 'look':
      return { least: 0, most: 0 };
    case 'capture':
      return lengths(node.body);
    case 'sequence': {
      let least = 0;
      let most = 0;
      for (const item of node.items) {
        const part = lengths(item);
        least += part.least;
        most += part.most;
      }
      return { least, most };
    }
    case 'choice': {
      const parts = node.branches.map(lengths);
      return {
        least: Math.min(...parts.map((part) => part.least)),
        most: Math.max(...parts.map((part) => part.most)),
      };
    }
    case 'repeat': {
      const body = lengths(node.body);
      return {
        least: body.least * node.least,
        most: body.most === 0 || node.most === 0 ? 0 : body.most * node.most,
      };
    }
  }
}

/** Whether every match starts at the subject's start. */
export function startsAnchored(node: Node): boolean {
  return anchored(node, 'start', false);
}

/** Whether every match ends at the subject's end (or before a final newline). */
export function endsAnchored(node: Node): boolean {
  return anchored(node, 'end', true);
}

function anchored(node: Node, edge: 'start' | 'end', fromBack: boolean): boolean {
  switch (node.kind) {
    case 'edge':
      return node.edge === edge || (edge === 'end' && node.edge === 'very-end');
    case 'capture':
      return anchored(node.body, edge, fromBack);
    case 'choice':
      return node.branches.every((branch) => anchored(branch, edge, fromBack));
    case 'sequence': {
      const outer = fromBack ? node.items.at(-1) : node.items[0];
      return outer !== undefined && anchored(outer, edge, fromBack);
    }
    case 'byte':
    case 'look':
    case 'repeat':
      return false;
  }
}

/**
 * Whether some repeated part can match nothing. Engines disagree about the captures of empty
 * rounds, so PCRE2 alone runs such a pattern. A part that is merely optional (`(a*)?`) is fine.
 */
export function hasEmptyRounds(node: Node): boolean {
  switch (node.kind) {
    case 'byte':
    case 'edge':
      return false;
    case 'look':
    case 'capture':
      return hasEmptyRounds(node.body);
    case 'sequence':
      return node.items.some(hasEmptyRounds);
    case 'choice':
      return node.branches.some(hasEmptyRounds);
    case 'repeat':
      if (node.most > 1 && node.most > node.least && lengths(node.body).least === 0) return true;
      return hasEmptyRounds(node.body);
  }
}
