// A backtracking matcher that remembers where it failed, so that its work is at most
// instructions × bytes: no pattern is hostile to it. It prefers the same match as PCRE (the
// first way through, not the longest) and keeps a repeated group's last round.

import type { ByteSet } from './byte-set.ts';
import type { Edge, Node } from './syntax.ts';

const MOST_INSTRUCTIONS = 2000;

type Instruction =
  | { readonly op: 'byte'; readonly set: ByteSet }
  | { readonly op: 'edge'; readonly edge: Edge }
  | { readonly op: 'save'; readonly slot: number }
  /** Try `first`, then `second`; addresses are filled in while the program is written. */
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'done' };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly captures: number;
}

/** @returns the program, or undefined when it would be too long with its counts spelled out, or looks ahead. */
export function toProgram(root: Node, captures: number): Program | undefined {
  const instructions: Instruction[] = [{ op: 'save', slot: 0 }];
  if (!emit(root, instructions)) return undefined;
  instructions.push({ op: 'save', slot: 1 }, { op: 'done' });
  return { instructions, captures };
}

function emit(node: Node, out: Instruction[]): boolean {
  if (out.length > MOST_INSTRUCTIONS) return false;
  switch (node.kind) {
    case 'look':
      return false;
    case 'byte':
      out.push({ op: 'byte', set: node.set });
      return true;
    case 'edge':
      out.push({ op: 'edge', edge: node.edge });
      return true;
    case 'capture': {
      out.push({ op: 'save', slot: node.index * 2 });
      if (!emit(node.body, out)) return false;
      out.push({ op: 'save', slot: node.index * 2 + 1 });
      return true;
    }
    case 'sequence':
      return node.items.every((item) => emit(item, out));
    case 'choice':
      return emitChoice(node.branches, out);
    case 'repeat':
      return emitRepeat(node, out);
  }
}

function emitChoice(branches: readonly Node[], out: Instruction[]): boolean {
  const jumps: { op: 'jump'; to: number }[] = [];
  for (const [index, branch] of branches.entries()) {
    const last = index === branches.length - 1;
    const split = { op: 'split' as const, first: out.length + 1, second: -1 };
    if (!last) out.push(split);
    if (!emit(branch, out)) return false;
    if (last) break;
    const jump = { op: 'jump' as const, to: -1 };
    jumps.push(jump);
    out.push(jump);
    split.second = out.length;
  }
  for (const jump of jumps) jump.to = out.length;
  return true;
}

function emitRepeat(node: Extract<Node, { kind: 'repeat' }>, out: Instruction[]): boolean {
  for (let round = 0; round < node.least; round++) if (!emit(node.body, out)) return false;
  if (node.most === Infinity) {
    const split = { op: 'split' as const, first: -1, second: -1 };
    const top = out.push(split) - 1;
    if (!emit(node.body, out)) return false;
    out.push({ op: 'jump', to: top });
    aim(split, top + 1, out.length, node.lazy);
    return true;
  }
  const splits: { split: { op: 'split'; first: number; second: number }; inside: number }[] = [];
  for (let round = node.least; round < node.most; round++) {
    const split = { op: 'split' as const, first: -1, second: -1 };
    out.push(split);
    splits.push({ split, inside: out.length });
    if (!emit(node.body, out)) return false;
  }
  for (const { split, inside } of splits) aim(split, inside, out.length, node.lazy);
  return true;
}

function aim(
  split: { first: number; second: number },
  inside: number,
  after: number,
  lazy: boolean,
) {
  split.first = lazy ? after : inside;
  split.second = lazy ? inside : after;
}

/** Capture positions: start and end of the match, then of each group; -1 where unset. */
export interface MemoOutcome {
  readonly positions: Int32Array | undefined;
  readonly steps: number;
}

/** Searches `subject` from every start, at most `instructions × (bytes + 1)` steps. */
export function runProgram(program: Program, subject: string): MemoOutcome {
  const { instructions } = program;
  const width = subject.length + 1;
  const seen = new Uint8Array(instructions.length * width);
  const slots = new Int32Array((program.captures + 1) * 2).fill(-1);
  // Pairs to try, or (with a negative first number) a slot and the value to put back into it.
  const stack: number[] = [];
  let steps = 0;
  for (let start = 0; start <= subject.length; start++) {
    stack.push(0, start);
    while (stack.length > 0) {
      let at = stack.pop() ?? 0;
      let address = stack.pop() ?? 0;
      if (address < 0) {
        slots[-address - 1] = at;
        continue;
      }
      for (;;) {
        const key = address * width + at;
        if (seen[key] === 1) break;
        seen[key] = 1;
        steps++;
        const instruction = instructions[address];
        if (instruction === undefined) break;
        if (instruction.op === 'done') return { positions: slots, steps };
        if (instruction.op === 'byte') {
          if (at >= subject.length || instruction.set[subject.charCodeAt(at)] !== 1) break;
          at++;
          address++;
        } else if (instruction.op === 'edge') {
          if (!holds(instruction.edge, subject, at)) break;
          address++;
        } else if (instruction.op === 'save') {
          stack.push(-instruction.slot - 1, slots[instruction.slot] ?? -1);
          slots[instruction.slot] = at;
          address++;
        } else if (instruction.op === 'split') {
          stack.push(instruction.second, at);
          address = instruction.first;
        } else {
          address = instruction.to;
        }
      }
    }
  }
  return { positions: undefined, steps };
}

function holds(edge: Edge, subject: string, at: number): boolean {
  switch (edge) {
    case 'start':
      return at === 0;
    case 'very-end':
      return at === subject.length;
    case 'end':
      return at === subject.length || (at === subject.length - 1 && subject[at] === '\n');
    case 'word':
      return isWord(subject, at - 1) !== isWord(subject, at);
    case 'not-word':
      return isWord(subject, at - 1) === isWord(subject, at);
  }
}

function isWord(subject: string, at: number): boolean {
  const byte = subject.charCodeAt(at);
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === 0x5f ||
    (byte >= 0x61 && byte <= 0x7a)
  );
}
