// One quoted text line of a TL1 message: `aid:positional,…:NAME=value,…:pst,sst`.
// Inner strings come with escaped quotes (GR-831): \"Loss of Signal\".

export interface Tl1Record {
  readonly aid: string;
  /** What follows the AID in its block: `FAC-2-1,T1` → `T1`. */
  readonly aidType: string | undefined;
  /** The blocks behind the AID, each as its values in order; empty places are meaningful. */
  readonly blocks: readonly (readonly string[])[];
  /** All NAME=value of any block, names in upper case. */
  readonly named: ReadonlyMap<string, string>;
}

/** Never fails: whatever stands there has an AID (perhaps empty) and some blocks. */
export function parseRecord(line: string): Tl1Record {
  const [head, ...rest] = split(line, ':');
  const [aid, ...types] = split(head ?? '', ',').map(unquote);
  const blocks = rest.map((block) => split(block, ','));
  const named = new Map<string, string>();
  for (const value of blocks.flat()) {
    const pair = /^\s*([A-Za-z][A-Za-z0-9_-]{0,31})=(.*)$/s.exec(value);
    if (pair?.[1] !== undefined) named.set(pair[1].toUpperCase(), unquote(pair[2] ?? ''));
  }
  return {
    aid: (aid ?? '').trim(),
    aidType: types[0],
    blocks: blocks.map((block) => block.map(unquote)),
    named,
  };
}

/** Splits outside strings; `\"` opens and closes one, and so does a bare quote. */
function split(text: string, separator: ':' | ','): string[] {
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\' && text[at + 1] !== '"') at++;
    else if (char === '"') quoted = !quoted;
    else if (char === separator && !quoted) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

function unquote(value: string): string {
  const inner = /^\s*(?:\\?")(.*?)(?:\\?")\s*$/s.exec(value)?.[1] ?? value;
  return inner.replaceAll(/\\(["\\])/g, '$1').trim();
}
