// Electron's side of the preload, typed: the real bundle runs with a `require` that gives it this
// and nothing else. Used in Node here, and in Chromium by the page double.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../agent/config/package-root.ts';

/** The code of .build/main/preload.cjs. */
export const readPreload = (): string =>
  readFileSync(join(packageRoot, '.build/main/preload.cjs'), 'utf8');

/**
 * A script that runs the preload in a page. The page's `__invoke(channel, argument)` stands for
 * ipcRenderer.invoke; `__push(push)` hands a push to whoever listens.
 */
export function preloadScript(): string {
  return `(() => {
    const listeners = new Set();
    // contextBridge copies: what the page gets cannot be changed, nor reach back.
    const deepFreeze = (value) => Object.freeze(value);
    globalThis.__push = (push) => {
      const real = push.bytes === undefined ? push : { ...push, bytes: new Uint8Array(push.bytes) };
      for (const listener of listeners) listener({}, real);
    };
    const electron = {
      contextBridge: {
        exposeInMainWorld: (name, api) =>
          Object.defineProperty(globalThis, name, { value: deepFreeze(api), enumerable: true }),
      },
      ipcRenderer: {
        invoke: (channel, argument) => globalThis.__invoke(channel, argument),
        on: (channel, listener) => channel === 'craftport:push' && listeners.add(listener),
        off: (channel, listener) => listeners.delete(listener),
      },
    };
    const require = (name) => {
      if (name !== 'electron') throw new Error('A sandboxed preload may not require ' + name);
      return electron;
    };
    const module = { exports: {} };
    (function (require, module, exports) {
      ${readPreload()}
    })(require, module, module.exports);
  })();`;
}
