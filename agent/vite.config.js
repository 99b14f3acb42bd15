// Bundles the agent's programs to .build/program: one file is read where 380 would be, and an
// agent is ready in half the time and with less memory. What is native, or is loaded when a line
// or a certificate needs it, stays a package.

import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

export default defineConfig({
  root,
  publicDir: false,
  ssr: {
    noExternal: true,
    external: [
      '@stephen-riley/pcre2-wasm',
      'bonjour-service',
      'selfsigned',
      'serialport',
      'sqlite3',
      'ssh2',
    ],
  },
  build: {
    ssr: true,
    outDir: join(root, '../.build/program'),
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    target: 'node20.19',
    reportCompressedSize: false,
    rolldownOptions: {
      // A call whose result nobody uses may be there for what it throws (decodeURIComponent).
      treeshake: false,
      input: {
        cli: join(root, 'cli.ts'),
        start: join(root, 'start.ts'),
        'gear-child': join(root, 'sim/gear-child.ts'),
      },
      output: { minify: false, entryFileNames: '[name].js', chunkFileNames: 'shared-[hash].js' },
    },
  },
  plugins: [
    {
      // npm makes a bin executable when it links it, and not again after the next build.
      name: 'executable-cli',
      writeBundle: ({ dir = '' }) => chmod(join(dir, 'cli.js'), 0o755),
    },
  ],
  logLevel: 'warn',
});
