// A user's pattern, ready to run on the cheapest engine that is right for it: V8's RegExp where
// that is proved safe and equal, else the remembering matcher, else PCRE2. Nothing is built
// before the first match.

import { leads } from './leads.ts';
import { runProgram, toProgram, type Program } from './memo.ts';
import type { Meter } from './meter.ts';
import type { Match, MatchOutcome, Unusable } from './outcome.ts';
import { LONGEST_SUBJECT, stepBound, toNative } from './native.ts';
import { parsePattern } from './parse.ts';
import type { Pcre2Host } from './pcre2-host.ts';
import { endsAnchored, hasEmptyRounds, lengths, startsAnchored } from './shape.ts';

export const LONGEST_PATTERN = 2000;
const LONGEST_MEMO_WORK = 300_000;

/** What an index may rely on. Lengths are of the match, in bytes. */
export interface PatternShape {
  readonly anchored: 'start' | 'end' | 'both' | 'none';
  readonly least: number;
  readonly most: number;
  /** Runs that begin every match, and (written backwards) runs that end every match. */
  readonly heads: readonly string[];
  readonly tails: readonly string[];
}

type Engine =
  | { readonly kind: 'native'; readonly expression: RegExp; readonly units: number }
  | { readonly kind: 'memo' }
  | { readonly kind: 'pcre2' }
  | { readonly kind: 'unusable'; readonly why: Unusable };

const UNKNOWN_SHAPE: PatternShape = {
  anchored: 'none',
  least: 0,
  most: Infinity,
  heads: [],
  tails: [],
};

export class Pattern {
  /** As bytes. */
  readonly source: string;
  readonly #host: Pcre2Host;
  #engine: Engine | undefined;
  #program: Program | undefined;
  #shape: PatternShape | undefined;

  constructor(source: string, host: Pcre2Host) {
    this.source = source;
    this.#host = host;
  }

  /** Why this pattern can never match, or undefined when it can. */
  get unusable(): Unusable | undefined {
    const engine = this.#ready();
    if (engine.kind === 'unusable') return engine.why;
    return engine.kind === 'pcre2' ? this.#host.problem(this.source) : undefined;
  }

  /** Which engine runs it: for diagnostics, tests and figures. */
  get engine(): Engine['kind'] {
    return this.#ready().kind;
  }

  get shape(): PatternShape {
    this.#shape ??= readShape(this.source);
    return this.#shape;
  }

  /** @param subject bytes (see bytes.ts). Groups and whole are bytes too. */
  match(subject: string, meter: Meter): MatchOutcome {
    if (meter.exhausted) return 'limit';
    const engine = this.#ready();
    switch (engine.kind) {
      case 'native':
        if (subject.length > LONGEST_SUBJECT || subject.includes('\n')) {
          return this.#matchMemo(subject, meter);
        }
        meter.spend(engine.units);
        return toMatch(engine.expression.exec(subject));
      case 'memo':
        return this.#matchMemo(subject, meter);
      case 'pcre2':
        return this.#host.match(this.source, subject, meter);
      case 'unusable':
        return 'none';
    }
  }

  /** Whether it matches, without cutting out the groups. A pattern out of budget does not. */
  matches(subject: string, meter: Meter): boolean {
    const engine = this.#ready();
    if (engine.kind !== 'native' || subject.length > LONGEST_SUBJECT || subject.includes('\n')) {
      return typeof this.match(subject, meter) !== 'string';
    }
    meter.spend(engine.units);
    return engine.expression.test(subject);
  }

  #matchMemo(subject: string, meter: Meter): MatchOutcome {
    this.#program ??= readProgram(this.source);
    const program = this.#program;
    if (program === undefined) return this.#host.match(this.source, subject, meter);
    const work = program.instructions.length * (subject.length + 1);
    if (work > LONGEST_MEMO_WORK) return 'limit';
    const { positions, steps } = runProgram(program, subject);
    meter.spend(steps + work / 16);
    return positions === undefined ? 'none' : slice(subject, positions);
  }

  #ready(): Engine {
    this.#engine ??= chooseEngine(this.source);
    return this.#engine;
  }
}

function chooseEngine(source: string): Engine {
  if (source.length > LONGEST_PATTERN) {
    const message = `The pattern is longer than ${LONGEST_PATTERN} bytes`;
    return { kind: 'unusable', why: { message, offset: LONGEST_PATTERN } };
  }
  const syntax = parsePattern(source);
  if (syntax.kind === 'beyond') return { kind: 'pcre2' };
  if (syntax.kind === 'malformed') {
    return { kind: 'unusable', why: { message: syntax.message, offset: syntax.offset } };
  }
  if (hasEmptyRounds(syntax.root)) return { kind: 'pcre2' };
  const expression = toNative(syntax.root);
  if (expression !== undefined) {
    // V8 takes some 3 ns a step, and few patterns come near their bound.
    const units = 5 + Math.ceil(stepBound(syntax.root, LONGEST_SUBJECT) / 20);
    return { kind: 'native', expression, units };
  }
  return toProgram(syntax.root, syntax.captures) === undefined
    ? { kind: 'pcre2' }
    : { kind: 'memo' };
}

function readProgram(source: string): Program | undefined {
  const syntax = parsePattern(source);
  return syntax.kind === 'regular' ? toProgram(syntax.root, syntax.captures) : undefined;
}

function readShape(source: string): PatternShape {
  if (source.length > LONGEST_PATTERN) return UNKNOWN_SHAPE;
  const syntax = parsePattern(source);
  if (syntax.kind !== 'regular') return { ...UNKNOWN_SHAPE, ...literalHead(source) };
  const start = startsAnchored(syntax.root);
  const end = endsAnchored(syntax.root);
  return {
    anchored: start ? (end ? 'both' : 'start') : end ? 'end' : 'none',
    ...lengths(syntax.root),
    heads: leads(syntax.root, false),
    tails: leads(syntax.root, true),
  };
}

/** `^\+49…` at the head of a pattern that only PCRE2 can read, when it has no alternatives. */
function literalHead(source: string): Partial<PatternShape> {
  if (source.includes('|')) return {};
  const found = /^\^((?:\\\+|\d)+)([*?{]|)/.exec(source);
  if (found === null) return {};
  const literal = (found[1] ?? '').replaceAll('\\', '');
  const head = found[2] === '' ? literal : literal.slice(0, -1);
  return head === '' ? {} : { anchored: 'start', heads: [head] };
}

function toMatch(found: RegExpExecArray | null): MatchOutcome {
  if (found === null) return 'none';
  return { whole: found[0], groups: found.slice(1) };
}

function slice(subject: string, positions: Int32Array): Match {
  const part = (index: number) => {
    const start = positions[index * 2] ?? -1;
    const end = positions[index * 2 + 1] ?? -1;
    return start < 0 || end < 0 ? undefined : subject.slice(start, end);
  };
  const groups: (string | undefined)[] = [];
  for (let index = 1; index * 2 < positions.length; index++) groups.push(part(index));
  return { whole: part(0) ?? '', groups };
}
