// A carrier's list as tests of large jobs use it, and what must come of it.

/**
 * 20,000 rows in an order that is not the numbers': numbers of this series only, one that exists
 * already, other spellings, repeats and what is no number.
 * @param series 0 to 99; lists of two series differ in their first digits only
 */
export function carrierList(series: number): string[] {
  const own = Array.from(
    { length: 19_900 },
    (_, index) => `+1${String(200 + series)}2${String(200_000 + ((index * 7919) % 19_900))}`,
  );
  const rows = [...own];
  for (let index = 0; index < 40; index += 1) {
    const number = own[index * 311] ?? '';
    // Another spelling; the same text again; no number.
    rows.splice(index * 450, 0, number.slice(2));
    rows.splice(index * 333 + 7, 0, number);
    if (index < 19) rows.splice(index * 77 + 3, 0, `(${String(index)}) no number`);
  }
  rows.push(EXISTING_NUMBER);
  return rows;
}

/** Create it before the first list. */
export const EXISTING_NUMBER = '+15005550006';

/** Results of one series as those of another, to compare them. */
export function asSeries(text: string, from: number, to: number): string {
  return text.replaceAll(
    new RegExp(`(^|[,\\n]|\\+1)${String(200 + from)}2(2\\d{5})`, 'g'),
    (_, before: string, rest: string) => `${before}${String(200 + to)}2${rest}`,
  );
}
