import { defineConfig } from 'vitest/config';

// Suites are files named after behaviours. They run in forked processes, because the
// native modules (sqlite3, serialport) keep handles that worker threads do not release.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default'],
  },
});
