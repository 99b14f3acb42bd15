// PCRE2 10.34 as WebAssembly, from the npm package @stephen-riley/pcre2-wasm. Only its binary
// is used: the package's own loader fetches a URL (which fails on Node 18 and later) and makes
// every unhandled rejection abort the process. The memory is fixed at 16 MB and has no way to
// grow, to reach a file or to see a clock. The bytes of the binary come from the caller.

/** What this file needs of the WebAssembly global, which is in neither library it compiles with. */
interface WasmGlobal {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (limits: object) => { readonly buffer: ArrayBuffer };
  readonly Table: new (limits: object) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

interface Exports {
  readonly _malloc: (size: number) => number;
  readonly _free: (address: number) => void;
  readonly _compile: (text: number, length: number, flags: number) => number;
  readonly _destroyCode: (code: number) => void;
  readonly _createMatchData: (code: number) => number;
  readonly _destroyMatchData: (data: number) => void;
  readonly _match: (c: number, text: number, length: number, from: number, d: number) => number;
  readonly _getOvectorPointer: (data: number) => number;
  readonly _getOvectorCount: (data: number) => number;
  readonly _lastErrorMessage: (buffer: number, length: number) => number;
  readonly _lastErrorOffset: () => number;
  readonly establishStackSpace: (base: number, most: number) => void;
}

// Where version 1.2.4's binary keeps its stack and heap (its loader's constants). Another
// version would need other numbers, which is why package.json names this one exactly and why
// a first match is checked before anything relies on it.
const TOP_POINTER = 117_184;
const STACK_BASE = 117_376;
const STACK_END = 5_360_256;
const MEMORY_PAGES = 256;

const MATCH_LIMIT_ERRORS: readonly number[] = [-47, -53, -63]; // steps, depth, heap
const LONGEST_SUBJECT = 8192;

export type Pcre2Code = { readonly code: number; readonly data: number };
export type Pcre2Compiled = Pcre2Code | { readonly message: string; readonly offset: number };
/** Start and end of the match and of each group that exists, -1 where unset. */
export type Pcre2Outcome = Int32Array | 'none' | 'limit';

export class Pcre2 {
  readonly #exports: Exports;
  readonly #units: Uint16Array;
  readonly #words: Int32Array;
  readonly #subject: number;
  readonly #noFlags: number;

  /**
   * @param binary the bytes of the package's `dist/libpcre2.wasm`.
   * @throws Error when the binary is another one than this file knows.
   */
  constructor(binary: Uint8Array) {
    const wasm = (globalThis as unknown as { readonly WebAssembly: WasmGlobal }).WebAssembly;
    const memory = new wasm.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES });
    const stop = (what: string) => () => {
      throw new Error(`PCRE2 ran out of ${what}`);
    };
    const bytes = new Uint8Array(memory.buffer);
    const instance = new wasm.Instance(new wasm.Module(binary), {
      env: {
        memory,
        table: new wasm.Table({ initial: 4, maximum: 4, element: 'anyfunc' }),
        __table_base: 0,
        abortStackOverflow: stop('stack'),
        nullFunc_vii: stop('functions'),
        nullFunc_iii: stop('functions'),
        _emscripten_resize_heap: stop('memory'),
        _emscripten_get_heap_size: () => bytes.length,
        _emscripten_memcpy_big: (to: number, from: number, count: number) => {
          bytes.copyWithin(to, from, from + count);
          return to;
        },
      },
    });
    this.#exports = instance.exports as Exports;
    this.#units = new Uint16Array(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
    this.#words[TOP_POINTER >> 2] = STACK_END;
    this.#exports.establishStackSpace(STACK_BASE, STACK_END);
    this.#subject = this.#exports._malloc((LONGEST_SUBJECT + 1) * 2);
    this.#noFlags = this.#exports._malloc(16);
    this.#units[this.#noFlags >> 1] = 0;
    this.#checkItself();
  }

  /** @param limit how many steps a match may take: PCRE2's own match limit. */
  compile(pattern: string, limit: number): Pcre2Compiled {
    // The lower limit wins, so a pattern that sets its own cannot raise this one.
    const text = `(*LF)(*LIMIT_MATCH=${limit})(*LIMIT_DEPTH=1000)(*LIMIT_HEAP=1024)`;
    const address = this.#place(text + pattern);
    const code = this.#exports._compile(address, text.length + pattern.length, this.#noFlags);
    this.#exports._free(address);
    if (code !== 0) return { code, data: this.#exports._createMatchData(code) };
    const offset = Math.max(0, this.#exports._lastErrorOffset() - text.length);
    return { message: this.#lastError(), offset };
  }

  release(compiled: Pcre2Code): void {
    this.#exports._destroyMatchData(compiled.data);
    this.#exports._destroyCode(compiled.code);
  }

  match(compiled: Pcre2Code, subject: string): Pcre2Outcome {
    if (subject.length > LONGEST_SUBJECT) return 'limit';
    const first = this.#subject >> 1;
    for (let index = 0; index < subject.length; index++) {
      this.#units[first + index] = subject.charCodeAt(index);
    }
    const { code, data } = compiled;
    const found = this.#exports._match(code, this.#subject, subject.length, 0, data);
    if (found < 0) return MATCH_LIMIT_ERRORS.includes(found) ? 'limit' : 'none';
    const start = this.#exports._getOvectorPointer(data) >> 2;
    // Pairs past the last group that took part hold what an earlier match left there.
    const pairs = this.#exports._getOvectorCount(data);
    const positions = this.#words.slice(start, start + pairs * 2);
    return found === 0 ? positions : positions.fill(-1, found * 2);
  }

  #place(text: string): number {
    const address = this.#exports._malloc(text.length * 2 + 2);
    for (let index = 0; index < text.length; index++) {
      this.#units[(address >> 1) + index] = text.charCodeAt(index);
    }
    return address;
  }

  #lastError(): string {
    const buffer = this.#exports._malloc(512);
    const length = this.#exports._lastErrorMessage(buffer, 256);
    const units = this.#units.subarray(buffer >> 1, (buffer >> 1) + Math.max(0, length));
    const message = String.fromCharCode(...units);
    this.#exports._free(buffer);
    return message;
  }

  #checkItself(): void {
    const hostile = this.compile('^(a+)+$', 100);
    const plain = this.compile('(?<=\\+)(\\d)(x)?', 100);
    const works =
      'code' in hostile &&
      'code' in plain &&
      this.match(hostile, `${'a'.repeat(40)}!`) === 'limit' &&
      String(this.match(plain, 'a+1')) === '2,3,2,3,-1,-1';
    if (!works) throw new Error('The PCRE2 binary is not the one this program knows');
  }
}
