// Header lines: names with values, in order, a name as often as it came. FreeSWITCH repeats
// `alarm:` for each alarm of a channel, and clients do not agree on capital letters.

export type EslHeader = readonly [name: string, value: string];

export class EslHeaders {
  readonly entries: readonly EslHeader[];

  constructor(entries: readonly EslHeader[]) {
    this.entries = entries;
  }

  /** @returns undefined for text with a line that is no header line */
  static parse(text: string): EslHeaders | undefined {
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
    return new EslHeaders(entries);
  }

  first(name: string): string | undefined {
    for (const entry of this.entries) if (entry[0] === name) return entry[1];
    const wanted = name.toLowerCase();
    return this.entries.find(([each]) => each.toLowerCase() === wanted)?.[1];
  }

  all(name: string): readonly string[] {
    const wanted = name.toLowerCase();
    const values: string[] = [];
    for (const [each, value] of this.entries)
      if (each === name || (each.length === name.length && each.toLowerCase() === wanted))
        values.push(value);
    return values;
  }
}
