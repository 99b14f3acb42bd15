// Telephone numbers: to E.164 and to the formats gateways want, whether one looks real, and
// which class it is in. Pure; the tables and their compiled patterns are built once.

import { fromBytes, toBytes } from '../pattern/bytes.ts';
import { Meter } from '../pattern/meter.ts';
import type { Match } from '../pattern/outcome.ts';
import type { Pattern } from '../pattern/pattern.ts';
import type { PatternCache } from '../pattern/pattern-cache.ts';
import type { Classifier, Converter, NumberTableText } from './tables.ts';

/** How a gateway wants the number (`invite_format`), as far as it is a matter of digits. */
export type NumberFormat = 'e164' | 'npan' | '1npan' | 'strip_plus';

export interface NormalizedNumber {
  /** The number in E.164 where a converter knows how, else the trimmed text. */
  readonly e164: string;
  /** Whether `e164` looks like a real telephone number. */
  readonly reconcilable: boolean;
  /** Name of the first classifier that matches `e164`; undefined when none does. */
  readonly classifier: string | undefined;
}

const NORTH_AMERICAN = /^(?:\+?1)?([2-9]\d{2}[2-9]\d{6})$/;
// Longer than any number; keeps a pattern's work small whatever is sent.
const LONGEST_NUMBER = 256;
// Tables are the administrator's own and short, so each use gets a purse of its own.
const TABLE_UNITS = 400_000;

interface CompiledConverter {
  readonly pattern: Pattern;
  readonly prefix: string;
  readonly suffix: string;
}

interface CompiledClassifier {
  readonly pattern: Pattern;
  readonly classifier: Classifier;
}

/** Compiled number tables. Build one when the settings change and share it. */
export class Numbers {
  readonly text: NumberTableText;
  readonly #dialPlan: readonly CompiledConverter[];
  readonly #converters: readonly CompiledConverter[];
  readonly #classifiers: readonly CompiledClassifier[];
  readonly #reconcile: Pattern;

  /** @param dialPlan rewrites what people of one account dial before anything else is asked */
  constructor(text: NumberTableText, patterns: PatternCache, dialPlan: readonly Converter[] = []) {
    const compile = ({ regex, prefix, suffix }: Converter): CompiledConverter => ({
      pattern: patterns.get(regex),
      prefix,
      suffix,
    });
    this.text = text;
    this.#dialPlan = dialPlan.map(compile);
    this.#converters = text.converters.map(compile);
    this.#classifiers = text.classifiers.map((classifier) => ({
      pattern: patterns.get(classifier.regex),
      classifier,
    }));
    this.#reconcile = patterns.get(text.reconcile);
  }

  /** What the job runner and the numbers API ask: all three answers about one text. */
  normalize(text: string): NormalizedNumber {
    const e164 = this.toE164(text);
    const subject = toBytes(e164);
    const meter = new Meter(TABLE_UNITS);
    return {
      e164,
      // What was cut is another number than the one typed.
      reconcilable: text.trim().length <= LONGEST_NUMBER && this.#reconcile.matches(subject, meter),
      classifier: this.#classify(subject, meter)?.name,
    };
  }

  /**
   * Trimmed, and converted by the first converter that matches: prefix + last group that took
   * part (the whole match without groups) + suffix. A number that starts with `+` stays as it is.
   */
  toE164(text: string): string {
    const trimmed = trimNumber(text);
    const number = convert(trimmed, this.#dialPlan) ?? trimmed;
    if (number.startsWith('+') || number === '') return number;
    return convert(number, this.#converters) ?? number;
  }

  /** `text` in a gateway's format (see the formats of Kazoo's `invite_format`). */
  toFormat(text: string, format: NumberFormat): string {
    switch (format) {
      case 'e164':
        return this.toE164(text);
      case 'strip_plus': {
        const e164 = this.toE164(text);
        return e164.startsWith('+') ? e164.slice(1) : e164;
      }
      case 'npan':
      case '1npan': {
        const number = trimNumber(text);
        const area = NORTH_AMERICAN.exec(number)?.[1];
        if (area === undefined) return number;
        return format === 'npan' ? area : `1${area}`;
      }
    }
  }

  /** The first classifier, in table order, that matches `text` once converted to E.164. */
  classify(text: string): Classifier | undefined {
    return this.#classify(toBytes(this.toE164(text)), new Meter(TABLE_UNITS));
  }

  isReconcilable(text: string): boolean {
    return this.#reconcile.matches(toBytes(this.toE164(text)), new Meter(TABLE_UNITS));
  }

  /** The classifier of that name, for resources that carry a class. */
  classifier(name: string): Classifier | undefined {
    return this.text.classifiers.find((classifier) => classifier.name === name);
  }

  #classify(subject: string, meter: Meter): Classifier | undefined {
    for (const { pattern, classifier } of this.#classifiers) {
      if (pattern.matches(subject, meter)) return classifier;
    }
    return undefined;
  }
}

/** `text` without surrounding white space, and never longer than 256 characters. */
export function trimNumber(text: string): string {
  const trimmed = text.trim();
  return trimmed.length > LONGEST_NUMBER ? trimmed.slice(0, LONGEST_NUMBER) : trimmed;
}

/** For callers that hold the tables: the same as `numbers.normalize(text)`. */
export function normalizeNumber(text: string, numbers: Numbers): NormalizedNumber {
  return numbers.normalize(text);
}

/** By the first converter that matches; undefined: none does. */
function convert(number: string, converters: readonly CompiledConverter[]): string | undefined {
  if (converters.length === 0) return undefined;
  const subject = toBytes(number);
  const meter = new Meter(TABLE_UNITS);
  for (const { pattern, prefix, suffix } of converters) {
    const found = pattern.match(subject, meter);
    if (typeof found !== 'string') return prefix + fromBytes(lastGroup(found)) + suffix;
  }
  return undefined;
}

function lastGroup(found: Match): string {
  return found.groups.findLast((group) => group !== undefined) ?? found.whole;
}
