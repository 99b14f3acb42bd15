import type { ViteUserConfig } from 'vitest/config';
import config from './vitest.config.ts';

// The suites whose proof is chance, with many more rounds than `npm test` has time for, and
// nothing else: merging would add the pattern to those of all suites.
export default {
  ...config,
  test: {
    ...config.test,
    include: ['**/*.soak.test.ts'],
    env: { CRAFTPORT_SOAK: '1' },
    testTimeout: 3_600_000,
  },
} satisfies ViteUserConfig;
