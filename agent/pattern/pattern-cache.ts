// One Pattern for each text: many resources of one site share their rules, so a rule is read,
// and within one evaluation matched, once.

import { toBytes } from './bytes.ts';
import { Pattern } from './pattern.ts';
import { Pcre2Host, type LoadPcre2 } from './pcre2-host.ts';

const MOST_PATTERNS = 100_000;

export class PatternCache {
  readonly #host: Pcre2Host;
  readonly #patterns = new Map<string, Pattern>();

  /** @param load reads PCRE2's binary when the first pattern needs it. */
  constructor(load?: LoadPcre2) {
    this.#host = new Pcre2Host(load);
  }

  /** @param text as the user wrote it. Never throws: a wrong pattern says so when asked. */
  get(text: string): Pattern {
    const known = this.#patterns.get(text);
    if (known !== undefined) return known;
    if (this.#patterns.size >= MOST_PATTERNS) this.#patterns.clear();
    const pattern = new Pattern(toBytes(text), this.#host);
    this.#patterns.set(text, pattern);
    return pattern;
  }
}
