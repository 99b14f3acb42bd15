// Suites named `*.soak.test.ts` run a few rounds in `npm test` and many in `npm run soak`.

/** How many rounds to run now. */
export function roundsOf(counts: { readonly test: number; readonly soak: number }): number {
  return process.env['CRAFTPORT_SOAK'] === undefined ? counts.test : counts.soak;
}
