import { defineConfig } from 'vitest/config';

// Suites are files named after behaviours. They run in forked processes, because the
// native modules (sqlite3, serialport) keep handles that worker threads do not release.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Only what never comes takes this long. A slow machine needs several times what a fast one
    // does, so that a wait says what it waited for before the test ends without a word.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000, interval: 20 } },
    reporters: ['default'],
  },
});
