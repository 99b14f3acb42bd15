// Builds the page into .build/renderer/page. Served by the agent at `/`, and by the desktop
// from its own protocol: all addresses in it are relative.

import { join } from 'node:path';
import { schemaValidators } from './build/schema-validators.ts';

const root = import.meta.dirname;

export default {
  root: join(root, 'page'),
  base: './',
  publicDir: join(root, 'page/public'),
  plugins: [schemaValidators(join(root, '../schemas'))],
  build: {
    outDir: join(root, '../.build/renderer/page'),
    emptyOutDir: true,
    // Nothing as data: addresses; the content security policy has no exception for them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    // The first with light-dark().
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    reportCompressedSize: false,
  },
  logLevel: 'warn',
};
