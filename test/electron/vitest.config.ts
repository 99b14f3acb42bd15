import { defineConfig } from 'vitest/config';

// Under real Electron: `npm run test:electron`. Not part of `npm test`, which needs no binary.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.spec.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
