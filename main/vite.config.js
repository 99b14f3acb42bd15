// Bundles the preload to .build/main/preload.cjs: a sandboxed preload may require Electron and
// nothing else, and is no module.

import { join } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

export default defineConfig({
  root,
  publicDir: false,
  build: {
    lib: { entry: join(root, 'preload.ts'), formats: ['cjs'], fileName: () => 'preload.cjs' },
    outDir: join(root, '../.build/main'),
    emptyOutDir: false,
    minify: false,
    target: 'es2023',
    reportCompressedSize: false,
    rollupOptions: { external: ['electron'] },
  },
  logLevel: 'warn',
});
