// A user's pattern, ready to run on the cheapest engine that is right for it: V8's RegExp where
// that is proved safe and equal, else the remembering matcher, else PCRE2. A pattern is read
// once, when it is stored; V8, the matcher and PCRE2 compile it at its first match.

import { singleByte } from './byte-set.ts';
import { leads, type ByteRun } from './leads.ts';
import { runProgram, toProgram, type Program } from './memo.ts';
import type { Meter } from './meter.ts';
import type { Match, MatchOutcome, Unusable } from './outcome.ts';
import { LONGEST_SUBJECT, nativeSteps, toNative } from './native.ts';
import { parsePattern } from './parse.ts';
import type { Pcre2Host } from './pcre2-host.ts';
import type { Syntax } from './syntax.ts';
import { endsAnchored, hasEmptyRounds, lengths, startsAnchored } from './shape.ts';

export const LONGEST_PATTERN = 2000;
// 2 ms at worst, while V8 has not yet compiled the matcher.
const LONGEST_MEMO_WORK = 150_000;
// Reading the pattern once more, writing it for V8, and V8's own compiling take three times as
// long, but once for good: no route is lost because hundreds of rules run for the first time.
const NATIVE_COMPILE_UNITS = 1000;
const PROGRAM_UNITS = 3000;

/** What an index may rely on. Lengths are of the match, in bytes. */
export interface PatternShape {
  readonly anchored: 'start' | 'end' | 'both' | 'none';
  readonly least: number;
  readonly most: number;
  /** Runs of which one begins every match; and, walked backwards, of which one ends it. */
  readonly heads: readonly ByteRun[];
  readonly tails: readonly ByteRun[];
}

type Engine =
  | {
      readonly kind: 'native';
      readonly units: number;
      /** Written from the pattern when it first runs: of ten thousand resources few ever do. */
      expression: RegExp | undefined;
    }
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
  /** What PCRE2 said of it, asked once: its compiled codes do not all stay. */
  #problem: { readonly why: Unusable | undefined } | undefined;
  #program: Program | undefined;

  constructor(source: string, host: Pcre2Host) {
    this.source = source;
    this.#host = host;
  }

  /** Why this pattern can never match, or undefined when it can. */
  get unusable(): Unusable | undefined {
    const engine = this.#ready();
    if (engine.kind === 'unusable') return engine.why;
    return engine.kind === 'pcre2' ? this.#askPcre2() : undefined;
  }

  /** Does now what would slow a first match down: starting PCRE2, compiling for it. */
  prepare(): void {
    if (this.#ready().kind === 'pcre2') this.#askPcre2();
  }

  /** Which engine runs it: for diagnostics, tests and figures. */
  get engine(): Engine['kind'] {
    return this.#ready().kind;
  }

  /** Worked out anew each time: only an index asks, once. */
  get shape(): PatternShape {
    if (this.source.length > LONGEST_PATTERN) return UNKNOWN_SHAPE;
    const syntax = parsePattern(this.source);
    this.#engine ??= chooseEngine(syntax);
    return readShape(this.source, syntax);
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
        return toMatch(this.#native(engine, meter).exec(subject));
      case 'memo':
        return this.#matchMemo(subject, meter);
      case 'pcre2':
        return meter.late ? 'limit' : this.#host.match(this.source, subject, meter);
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
    return this.#native(engine, meter).test(subject);
  }

  #native(engine: Extract<Engine, { kind: 'native' }>, meter: Meter): RegExp {
    meter.spend(engine.units);
    if (engine.expression !== undefined) return engine.expression;
    meter.spend(NATIVE_COMPILE_UNITS);
    const syntax = parsePattern(this.source);
    if (syntax.kind !== 'tree') throw new Error(`${this.source} was a tree when it was stored`);
    return (engine.expression = toNative(syntax.root));
  }

  #askPcre2(): Unusable | undefined {
    this.#problem ??= { why: this.#host.problem(this.source) };
    return this.#problem.why;
  }

  #matchMemo(subject: string, meter: Meter): MatchOutcome {
    if (meter.late) return 'limit';
    const price = () => PROGRAM_UNITS;
    this.#program ??= meter.spendOn(price, () => readProgram(this.source));
    const program = this.#program;
    if (program === undefined) return this.#host.match(this.source, subject, meter);
    const work = program.instructions.length * (subject.length + 1);
    if (work > LONGEST_MEMO_WORK) return 'limit';
    const run = () => runProgram(program, subject);
    const { positions } = meter.spendOn(({ steps }) => steps + work / 16, run);
    return positions === undefined ? 'none' : slice(subject, positions);
  }

  #ready(): Engine {
    this.#engine ??=
      this.source.length > LONGEST_PATTERN ? TOO_LONG : chooseEngine(parsePattern(this.source));
    return this.#engine;
  }
}

const TOO_LONG: Engine = {
  kind: 'unusable',
  why: { message: `The pattern is longer than ${LONGEST_PATTERN} bytes`, offset: LONGEST_PATTERN },
};

function chooseEngine(syntax: Syntax): Engine {
  if (syntax.kind === 'beyond') return { kind: 'pcre2' };
  if (syntax.kind === 'malformed') {
    return { kind: 'unusable', why: { message: syntax.message, offset: syntax.offset } };
  }
  if (hasEmptyRounds(syntax.root)) return { kind: 'pcre2' };
  const steps = nativeSteps(syntax.root);
  if (steps !== undefined) {
    // V8 takes some 3 ns a step, and few patterns come near their bound.
    return { kind: 'native', units: 5 + Math.ceil(steps / 20), expression: undefined };
  }
  return toProgram(syntax.root, syntax.captures) === undefined
    ? { kind: 'pcre2' }
    : { kind: 'memo' };
}

function readProgram(source: string): Program | undefined {
  const syntax = parsePattern(source);
  return syntax.kind === 'tree' ? toProgram(syntax.root, syntax.captures) : undefined;
}

function readShape(source: string, syntax: Syntax): PatternShape {
  if (syntax.kind !== 'tree') return { ...UNKNOWN_SHAPE, ...literalHead(source) };
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
  if (head === '') return {};
  return {
    anchored: 'start',
    heads: [Array.from(head, (character) => singleByte(character.charCodeAt(0)))],
  };
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
