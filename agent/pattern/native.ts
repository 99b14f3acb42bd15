// Runs a pattern on V8's own RegExp, when two things are proved from its tree: V8 means by it
// what PCRE means, and its backtracking stays below a bound. The text handed to V8 is written
// from the tree, never the user's own.

import type { ByteSet } from './byte-set.ts';
import { lengths, startsAnchored } from './shape.ts';
import type { Edge, Node } from './syntax.ts';

/** Backtracking steps V8 may need for a subject of this many bytes; beyond it another engine. */
export const LONGEST_SUBJECT = 24;
const MOST_STEPS = 20_000;

/** @returns the steps V8 may need at most, or undefined when V8 must not run this pattern. */
export function nativeSteps(root: Node): number | undefined {
  if (!meansTheSame(root)) return undefined;
  const steps = stepBound(root, LONGEST_SUBJECT);
  return steps > MOST_STEPS ? undefined : steps;
}

/** V8's expression of a pattern for which `nativeSteps` found a bound. */
export function toNative(root: Node): RegExp {
  return new RegExp(write(root));
}

/**
 * An upper bound of the steps a backtracking engine takes on any subject of `size` bytes:
 * start positions × ways through the pattern × length of one way.
 */
function stepBound(root: Node, size: number): number {
  const starts = startsAnchored(root) ? 1 : size + 1;
  return starts * ways(root, size) * (size + nodes(root));
}

/** How many different ways there are through `node`, at most. */
function ways(node: Node, size: number): number {
  switch (node.kind) {
    case 'byte':
    case 'edge':
      return 1;
    case 'look':
      return 1 + ways(node.body, size);
    case 'capture':
      return ways(node.body, size);
    case 'sequence':
      return node.items.reduce((product, item) => product * ways(item, size), 1);
    case 'choice':
      return node.branches.reduce((sum, branch) => sum + ways(branch, size), 0);
    case 'repeat': {
      const inner = ways(node.body, size);
      const most = Math.min(node.most, Math.max(node.least, size + 1));
      const counts = Math.max(1, most - node.least + 1);
      return inner === 1 ? counts : counts * inner ** most;
    }
  }
}

function nodes(node: Node): number {
  switch (node.kind) {
    case 'byte':
    case 'edge':
      return 1;
    case 'look':
    case 'capture':
      return 1 + nodes(node.body);
    case 'sequence':
      return node.items.reduce((sum, item) => sum + nodes(item), 1);
    case 'choice':
      return node.branches.reduce((sum, branch) => sum + nodes(branch), 1);
    case 'repeat':
      return 1 + nodes(node.body) * Math.max(1, node.least);
  }
}

/**
 * JavaScript forgets the captures of a repeated part at each round, and refuses an optional part
 * that matches nothing; PCRE does neither.
 */
function meansTheSame(node: Node): boolean {
  switch (node.kind) {
    case 'byte':
    case 'edge':
      return true;
    case 'look':
      // Engines differ in what a look-ahead's captures are worth later.
      return meansTheSame(node.body) && !hasOptionalCapture(node.body, true);
    case 'capture':
      return meansTheSame(node.body);
    case 'sequence':
      return node.items.every(meansTheSame);
    case 'choice':
      return node.branches.every(meansTheSame);
    case 'repeat':
      if (lengths(node.body).least === 0 && node.most > node.least) return false;
      if (node.most > 1 && hasOptionalCapture(node.body, false)) return false;
      return meansTheSame(node.body);
  }
}

/** Whether a capture inside `node` can be skipped by a way through it. */
function hasOptionalCapture(node: Node, optional: boolean): boolean {
  switch (node.kind) {
    case 'byte':
    case 'edge':
      return false;
    case 'look':
      return hasOptionalCapture(node.body, true);
    case 'capture':
      return optional || hasOptionalCapture(node.body, optional);
    case 'sequence':
      return node.items.some((item) => hasOptionalCapture(item, optional));
    case 'choice':
      return node.branches.some((branch) => hasOptionalCapture(branch, true));
    case 'repeat':
      return hasOptionalCapture(node.body, optional || node.least === 0);
  }
}

/** Never run on a subject with a newline, so that `$` needs no look at a final one. */
const EDGES: Readonly<Record<Edge, string>> = {
  start: '^',
  end: '$',
  'very-end': '$',
  word: '\\b',
  'not-word': '\\B',
};

function write(node: Node): string {
  switch (node.kind) {
    case 'byte':
      return writeSet(node.set);
    case 'edge':
      return EDGES[node.edge];
    case 'look':
      return `(?${node.negative ? '!' : '='}${write(node.body)})`;
    case 'capture':
      return `(${write(node.body)})`;
    case 'sequence':
      return node.items.map(write).join('');
    case 'choice':
      return `(?:${node.branches.map(write).join('|')})`;
    case 'repeat': {
      const most = node.most === Infinity ? '' : String(node.most);
      const body = node.body.kind === 'byte' ? write(node.body) : `(?:${write(node.body)})`;
      return `${body}{${node.least},${most}}${node.lazy ? '?' : ''}`;
    }
  }
}

function writeSet(set: ByteSet): string {
  let text = '';
  let count = 0;
  for (let low = 0; low < 256; low++) {
    if (set[low] !== 1) continue;
    let high = low;
    while (set[high + 1] === 1) high++;
    text += high === low ? hex(low) : `${hex(low)}-${hex(high)}`;
    count += high - low + 1;
    low = high;
  }
  return count === 1 ? text : `[${text}]`;
}

function hex(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
