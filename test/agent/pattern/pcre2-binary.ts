import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The WebAssembly binary of PCRE2, as the agent's composition root reads it. */
export function loadPcre2(): Uint8Array {
  const require = createRequire(import.meta.url);
  return readFileSync(require.resolve('@stephen-riley/pcre2-wasm/dist/libpcre2.wasm'));
}
