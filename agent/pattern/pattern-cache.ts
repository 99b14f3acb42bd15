// One Pattern for each text: many resources of one site share their rules, so a rule is read,
// and within one evaluation matched, once.

import { toBytes } from './bytes.ts';
import { Pattern } from './pattern.ts';
import { Pcre2Host, type LoadPcre2 } from './pcre2-host.ts';

const MOST_PATTERNS = 100_000;

export class PatternCache {
  readonly #host: Pcre2Host;
  readonly #most: number;
  readonly #patterns = new Map<string, Pattern>();

  /**
   * @param load reads PCRE2's binary when the first pattern needs it.
   * @param most patterns that are kept.
   */
  constructor(load?: LoadPcre2 | Pcre2Host, most = MOST_PATTERNS) {
    this.#host = load instanceof Pcre2Host ? load : new Pcre2Host(load);
    this.#most = most;
  }

  /** One that keeps no more than `most` patterns, and shares the engine. */
  smaller(most: number): PatternCache {
    return new PatternCache(this.#host, most);
  }

  /** @param text as the user wrote it. Never throws: a wrong pattern says so when asked. */
  get(text: string): Pattern {
    const known = this.#patterns.get(text);
    if (known !== undefined) return known;
    if (this.#patterns.size >= this.#most) this.#patterns.clear();
    const pattern = new Pattern(toBytes(text), this.#host);
    this.#patterns.set(text, pattern);
    return pattern;
  }
}
