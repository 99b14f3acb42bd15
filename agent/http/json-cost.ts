// What parsing a text as JSON would cost, told from its bytes at about 2 ns each. JSON.parse is
// fast on what people send and slow on two things: deep nesting (three million brackets take
// four seconds), and objects that are all different (V8 makes a hidden class for every new
// sequence of keys: 900,000 keys take nine). Nothing else of the agent runs meanwhile.

export interface JsonCost {
  /** Brackets open at once, at most. */
  readonly depth: number;
  /** Different sequences of keys that objects begin with; too few by some per cent when many. */
  readonly shapes: number;
}

const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];
/** Sequences are remembered as one bit each. */
const BITS = 1 << 22;
/** Deeper objects share a place: they are refused anyway. */
const LEVELS = 128;

/** @param bytes anything: what is no JSON is measured as if it were. */
export function measureJson(bytes: Uint8Array): JsonCost {
  const seen = new Uint8Array(BITS >> 3);
  /** Of each open object, a hash of its keys so far. */
  const hashes = new Int32Array(LEVELS);
  let level = 0;
  let depth = 0;
  let shapes = 0;
  let text = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      text = 0;
      for (at += 1; at < bytes.length && bytes[at] !== QUOTE; at += 1) {
        if (bytes[at] === BACKSLASH) at += 1;
        text = Math.imul(text ^ (bytes[at] ?? 0), 0x01000193);
      }
    } else if (byte === COLON) {
      const place = level % LEVELS;
      const hash = Math.imul((hashes[place] ?? 0) ^ text, 0x9e3779b1);
      hashes[place] = hash ^ (hash >>> 15);
      const bit = (hashes[place] ?? 0) & (BITS - 1);
      const mask = 1 << (bit & 7);
      if (((seen[bit >> 3] ?? 0) & mask) === 0) {
        seen[bit >> 3] = (seen[bit >> 3] ?? 0) | mask;
        shapes += 1;
      }
    } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      level += 1;
      if (level > depth) depth = level;
      hashes[level % LEVELS] = 0;
    } else if ((byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) && level > 0) level -= 1;
  }
  return { depth, shapes };
}
