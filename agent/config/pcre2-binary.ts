// Reads PCRE2's WebAssembly binary when the first pattern needs it.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';

/**
 * From here on V8 compiles WebAssembly on one thread beside the main one: on two cores its four
 * would take the main thread's own, and a first question would wait three times as long.
 * @returns the bytes of the package's `dist/libpcre2.wasm`.
 */
export function readPcre2Binary(): Uint8Array {
  setFlagsFromString('--wasm-num-compilation-tasks=1');
  const { resolve } = createRequire(import.meta.url);
  return readFileSync(resolve('@stephen-riley/pcre2-wasm/dist/libpcre2.wasm'));
}
