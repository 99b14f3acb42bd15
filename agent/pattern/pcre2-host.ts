// Keeps one PCRE2 for all patterns: built when the first pattern needs it, rebuilt when a
// pattern broke it, with the codes compiled lately kept ready.

import type { Meter } from './meter.ts';
import type { Match, MatchOutcome, Unusable } from './outcome.ts';
import { Pcre2, type Pcre2Code, type Pcre2Outcome } from './pcre2.ts';

/** Reads the bytes of PCRE2's WebAssembly binary. Called once, on first need. */
export type LoadPcre2 = () => Uint8Array;

// 100 steps are some 40 µs at worst and more than rules of carriers take on a number; a pattern
// that needs more gets one second chance, of 2 ms at worst.
const FIRST_LIMIT = 100;
const SECOND_LIMIT = 1000;
const FIRST_UNITS = 500;
const SECOND_UNITS = 40_000;
const COMPILE_UNITS = 1000;
const MOST_CODES = 2000;

export class Pcre2Host {
  readonly #load: LoadPcre2 | undefined;
  #engine: Pcre2 | Unusable | undefined;
  readonly #codes = new Map<string, Pcre2Code | Unusable>();

  /** @param load undefined: patterns beyond the other engines are unusable, and say so. */
  constructor(load: LoadPcre2 | undefined) {
    this.#load = load;
  }

  problem(source: string): Unusable | undefined {
    const code = this.#code(source, FIRST_LIMIT);
    return 'code' in code ? undefined : code;
  }

  match(source: string, subject: string, meter: Meter): MatchOutcome {
    const first = this.#try(source, subject, FIRST_LIMIT, FIRST_UNITS, meter);
    if (first !== 'limit' || !meter.allowsSecondChance()) return first;
    return this.#try(source, subject, SECOND_LIMIT, SECOND_UNITS, meter);
  }

  #try(source: string, subject: string, limit: number, units: number, meter: Meter): MatchOutcome {
    const outcome = meter.spendOn<Pcre2Outcome>(
      () => units,
      () => {
        try {
          const code = this.#code(source, limit, meter);
          if (!('code' in code)) return 'none';
          const engine = this.#ready();
          return engine instanceof Pcre2 ? engine.match(code, subject) : 'none';
        } catch {
          // A trap (its memory or stack ran out) leaves the instance in no known state.
          this.#restart();
          return 'limit';
        }
      },
    );
    if (outcome === 'none' || outcome === 'limit') return outcome;
    return toMatch(subject, outcome);
  }

  #code(source: string, limit: number, meter?: Meter): Pcre2Code | Unusable {
    const key = `${limit} ${source}`;
    const known = this.#codes.get(key);
    if (known !== undefined) return known;
    const engine = this.#ready();
    if (!(engine instanceof Pcre2)) return engine;
    meter?.spend(COMPILE_UNITS);
    this.#makeRoom(engine);
    let code: Pcre2Code | Unusable;
    try {
      code = engine.compile(source, limit);
    } catch (error) {
      this.#restart();
      code = { message: error instanceof Error ? error.message : String(error) };
    }
    this.#codes.set(key, code);
    return code;
  }

  #makeRoom(engine: Pcre2): void {
    if (this.#codes.size < MOST_CODES) return;
    for (const [key, code] of this.#codes) {
      this.#codes.delete(key);
      if ('code' in code) engine.release(code);
      break;
    }
  }

  #ready(): Pcre2 | Unusable {
    if (this.#engine !== undefined) return this.#engine;
    if (this.#load === undefined) {
      this.#engine = { message: 'The pattern needs PCRE2, which this agent runs without' };
      return this.#engine;
    }
    try {
      this.#engine = new Pcre2(this.#load());
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#engine = { message: `The pattern needs PCRE2, which did not start: ${reason}` };
    }
    return this.#engine;
  }

  #restart(): void {
    this.#engine = undefined;
    this.#codes.clear();
  }
}

function toMatch(subject: string, positions: Int32Array): Match {
  const part = (index: number) => {
    const start = positions[index * 2] ?? -1;
    // `\K` in a look-ahead can put the start behind the end.
    const end = Math.max(start, positions[index * 2 + 1] ?? -1);
    return start < 0 ? undefined : subject.slice(start, end);
  };
  const groups: (string | undefined)[] = [];
  for (let index = 1; index * 2 < positions.length; index++) groups.push(part(index));
  return { whole: part(0) ?? '', groups };
}
