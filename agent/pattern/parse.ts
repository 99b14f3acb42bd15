// Reads PCRE syntax from bytes. It recognises what is regular and stops at the first construct
// that is not, or that it is not sure of: a wrong guess here would route a call elsewhere.

import { ANY_BYTE, ESCAPED_CLASSES, foldCase, NOT_NEWLINE, singleByte } from './byte-set.ts';
import { parseClass } from './parse-class.ts';
import type { Node, Syntax } from './syntax.ts';
import { Beyond, CONTROL_ESCAPES, Malformed, readHex, type Cursor } from './cursor.ts';

const DEEPEST = 40;
const LONGEST_REPEAT = 1000;

interface Flags {
  caseless: boolean;
  dotAll: boolean;
}

/** @param pattern bytes (see bytes.ts). */
export function parsePattern(pattern: string): Syntax {
  const reader = new Reader(pattern);
  try {
    const root = reader.alternatives({ caseless: false, dotAll: false }, 0);
    if (reader.at < pattern.length) throw new Malformed('unmatched )', reader.at);
    return { kind: 'tree', root, captures: reader.captures };
  } catch (error) {
    if (error instanceof Beyond) return { kind: 'beyond', construct: error.construct };
    if (error instanceof Malformed) {
      return { kind: 'malformed', message: error.text, offset: error.offset };
    }
    throw error;
  }
}

class Reader implements Cursor {
  readonly pattern: string;
  at = 0;
  captures = 0;
  readonly #names = new Set<string>();

  constructor(pattern: string) {
    this.pattern = pattern;
  }

  /** Up to the closing parenthesis or the end. An inline `(?i)` holds to the end of its group. */
  alternatives(flags: Flags, depth: number): Node {
    if (depth > DEEPEST) throw new Beyond('deep nesting');
    const branches: Node[] = [this.#sequence(flags, depth)];
    while (this.pattern[this.at] === '|') {
      this.at++;
      branches.push(this.#sequence(flags, depth));
    }
    return branches.length === 1 && branches[0] !== undefined
      ? branches[0]
      : { kind: 'choice', branches };
  }

  #sequence(flags: Flags, depth: number): Node {
    const items: Node[] = [];
    for (;;) {
      const next = this.pattern[this.at];
      if (next === undefined || next === '|' || next === ')') return { kind: 'sequence', items };
      const atom = this.#atom(next, flags, depth);
      if (atom !== undefined) items.push(...this.#quantified(atom));
      else if (/[*+?{]/.test(this.pattern[this.at] ?? '')) throw new Beyond('a distant quantifier');
    }
  }

  /** One item, or several for `\Q…\E`; undefined for what is no item (a comment, flags). */
  #atom(next: string, flags: Flags, depth: number): readonly Node[] | undefined {
    switch (next) {
      case '\\':
        return this.#escape(flags);
      case '[':
        return [{ kind: 'byte', set: parseClass(this, flags.caseless) }];
      case '(':
        return this.#group(flags, depth);
      case '.':
        this.at++;
        return [{ kind: 'byte', set: flags.dotAll ? ANY_BYTE : NOT_NEWLINE }];
      case '^':
        this.at++;
        return [{ kind: 'edge', edge: 'start' }];
      case '$':
        this.at++;
        return [{ kind: 'edge', edge: 'end' }];
      case '*':
      case '+':
      case '?':
        throw new Malformed('a quantifier follows nothing it could repeat', this.at);
      case '{':
        if (this.#braces() !== undefined) throw new Beyond('a count that follows nothing');
        break;
      default:
    }
    this.at++;
    return [this.#literal(next.charCodeAt(0), flags)];
  }

  #literal(byte: number, flags: Flags): Node {
    const only = singleByte(byte);
    return { kind: 'byte', set: flags.caseless ? foldCase(only) : only };
  }

  #escape(flags: Flags): readonly Node[] | undefined {
    const start = this.at;
    const letter = this.pattern[start + 1];
    if (letter === undefined) throw new Malformed('\\ at the end of the pattern', start);
    this.at += 2;
    const shared = ESCAPED_CLASSES[letter];
    if (shared !== undefined) return [{ kind: 'byte', set: shared }];
    const control = CONTROL_ESCAPES[letter];
    if (control !== undefined) return [this.#literal(control, flags)];
    switch (letter) {
      case 'A':
        return [{ kind: 'edge', edge: 'start' }];
      case 'Z':
        return [{ kind: 'edge', edge: 'end' }];
      case 'z':
        return [{ kind: 'edge', edge: 'very-end' }];
      case 'b':
        return [{ kind: 'edge', edge: 'word' }];
      case 'B':
        return [{ kind: 'edge', edge: 'not-word' }];
      case 'x':
        return [this.#literal(readHex(this), flags)];
      case 'Q':
        return this.#quoted(flags);
      default:
    }
    if (/[0-9A-Za-z]/.test(letter)) throw new Beyond(`\\${letter}`);
    return [this.#literal(letter.charCodeAt(0), flags)];
  }

  #quoted(flags: Flags): readonly Node[] {
    const end = this.pattern.indexOf('\\E', this.at);
    const text = this.pattern.slice(this.at, end < 0 ? undefined : end);
    this.at = end < 0 ? this.pattern.length : end + 2;
    return Array.from(text, (character) => this.#literal(character.charCodeAt(0), flags));
  }

  #group(flags: Flags, depth: number): readonly Node[] | undefined {
    const start = this.at;
    this.at++;
    if (this.pattern[this.at] === '*') throw new Beyond('(*…)');
    if (this.pattern[this.at] !== '?') return [this.#capture(flags, depth, start)];
    const rest = this.pattern.slice(this.at, this.at + 48);
    if (rest.startsWith('?#')) {
      const end = this.pattern.indexOf(')', this.at);
      if (end < 0) throw new Malformed('the comment is not closed', start);
      this.at = end + 1;
      return undefined;
    }
    const look = /^\?([=!])/.exec(rest);
    if (look !== null) {
      this.at += 2;
      const body = this.alternatives({ ...flags }, depth + 1);
      this.#close(start);
      return [{ kind: 'look', negative: look[1] === '!', body }];
    }
    const name = /^\?(?:P?<([A-Za-z_]\w{0,31})>|'([A-Za-z_]\w{0,31})')/.exec(rest);
    if (name !== null) {
      const text = name[1] ?? name[2] ?? '';
      if (this.#names.has(text)) throw new Beyond('two groups of one name');
      this.#names.add(text);
      this.at += name[0].length;
      return [this.#capture(flags, depth, start)];
    }
    const options = /^\?([is]*)(?:-([is]*))?([:)])/.exec(rest);
    if (options === null) throw new Beyond(`(${rest.slice(0, 3)}`);
    this.at += options[0].length;
    const inner = options[3] === ':' ? { ...flags } : flags;
    for (const letter of options[1] ?? '') set(inner, letter, true);
    for (const letter of options[2] ?? '') set(inner, letter, false);
    if (options[3] === ')') return undefined;
    const body = this.alternatives(inner, depth + 1);
    this.#close(start);
    return [body];
  }

  #capture(flags: Flags, depth: number, start: number): Node {
    this.captures++;
    const index = this.captures;
    const body = this.alternatives({ ...flags }, depth + 1);
    this.#close(start);
    return { kind: 'capture', index, body };
  }

  #close(start: number): void {
    if (this.pattern[this.at] !== ')') throw new Malformed('a group is not closed', start);
    this.at++;
  }

  /** Applies the quantifier that follows, if any, to the last of `atoms`. */
  #quantified(atoms: readonly Node[]): readonly Node[] {
    const bounds = this.#bounds();
    if (bounds === undefined) return atoms;
    const body = atoms.at(-1);
    const after = this.pattern[this.at];
    if (after === '+') throw new Beyond('a possessive quantifier');
    const lazy = after === '?';
    if (lazy) this.at++;
    const again = this.pattern[this.at];
    if (again === '*' || again === '+' || again === '?' || this.#braces() !== undefined) {
      throw new Beyond('a quantifier of a quantifier');
    }
    if (body === undefined || body.kind === 'edge' || body.kind === 'look')
      throw new Beyond('a quantified edge');
    return [
      ...atoms.slice(0, -1),
      { kind: 'repeat', body, least: bounds.least, most: bounds.most, lazy },
    ];
  }

  #bounds(): { readonly least: number; readonly most: number } | undefined {
    const next = this.pattern[this.at];
    const simple = next === undefined ? undefined : QUANTIFIERS[next];
    if (simple !== undefined) {
      this.at++;
      return simple;
    }
    const braces = next === '{' ? this.#braces() : undefined;
    if (braces === undefined) return undefined;
    const least = Number(braces[1]);
    const most = braces[2] === undefined ? least : braces[3] === '' ? Infinity : Number(braces[3]);
    if (most < least) throw new Malformed('the numbers in {} are in the wrong order', this.at);
    if (least > LONGEST_REPEAT || (most !== Infinity && most > LONGEST_REPEAT)) {
      throw new Beyond('a very high count');
    }
    this.at += braces[0].length;
    return { least, most };
  }

  /** `{2}`, `{2,}` or `{2,5}` here; any other brace is a literal one. */
  #braces(): RegExpExecArray | undefined {
    if (this.pattern[this.at] !== '{') return undefined;
    return (
      /^\{(\d{1,5})(,(\d{0,5}))?\}/.exec(this.pattern.slice(this.at, this.at + 16)) ?? undefined
    );
  }
}

const QUANTIFIERS: Readonly<Record<string, { readonly least: number; readonly most: number }>> = {
  '*': { least: 0, most: Infinity },
  '+': { least: 1, most: Infinity },
  '?': { least: 0, most: 1 },
};

function set(flags: Flags, letter: string, value: boolean): void {
  if (letter === 'i') flags.caseless = value;
  else flags.dotAll = value;
}
