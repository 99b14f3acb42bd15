// Header lines: names with values, in order, a name as often as it came. FreeSWITCH repeats
// `alarm:` for each alarm of a channel, and clients do not agree on capital letters. Values are
// decoded when they are asked for: of an event's sixty a reader wants five.

export type EslHeader = readonly [name: string, value: string];

const asIs = (value: string): string => value;

export class EslHeaders {
  readonly #raw: readonly EslHeader[];
  readonly #decode: (value: string) => string;

  /** @param decode from the value on the wire to the one that is meant */
  constructor(raw: readonly EslHeader[], decode: (value: string) => string = asIs) {
    this.#raw = raw;
    this.#decode = decode;
  }

  /** @returns undefined for text with a line that is no header line */
  static parse(text: string, decode?: (value: string) => string): EslHeaders | undefined {
    const entries: EslHeader[] = [];
    for (let at = 0; at < text.length;) {
      const newline = text.indexOf('\n', at);
      const end = newline < 0 ? text.length : newline;
      if (end > at) {
        const colon = text.indexOf(':', at);
        if (colon <= at || colon >= end) return undefined;
        // One blank follows the colon; more belong to the value.
        const start = text.charCodeAt(colon + 1) === 0x20 ? colon + 2 : colon + 1;
        entries.push([text.slice(at, colon), text.slice(Math.min(start, end), end)]);
      }
      at = end + 1;
    }
    return new EslHeaders(entries, decode);
  }

  get entries(): readonly EslHeader[] {
    return this.#raw.map(([name, value]) => [name, this.#decode(value)]);
  }

  first(name: string): string | undefined {
    const found = this.#raw.find((entry) => entry[0] === name) ?? this.#find(name.toLowerCase());
    return found === undefined ? undefined : this.#decode(found[1]);
  }

  all(name: string): readonly string[] {
    const wanted = name.toLowerCase();
    const values: string[] = [];
    for (const entry of this.#raw)
      if (isName(entry[0], wanted)) values.push(this.#decode(entry[1]));
    return values;
  }

  #find(wanted: string): EslHeader | undefined {
    return this.#raw.find((entry) => isName(entry[0], wanted));
  }
}

function isName(name: string, wanted: string): boolean {
  return name.length === wanted.length && name.toLowerCase() === wanted;
}
