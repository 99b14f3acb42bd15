// Why an element denied a command. The first letter of a code is its class (GR-831): E equipage,
// I input, P privilege, S status. Codes: Symmetricom and Adtran tables; forms: bare, with a
// comment behind, and `aid:ERRCDE=code` (Paradyne).

import type { Tl1TextLine } from './message.ts';

const CODE = /^[A-Z]{4}$/;

/** The four-letter code of a DENY or PRTL text block; undefined when there is none. */
export function denialCode(text: readonly Tl1TextLine[]): string | undefined {
  for (const line of text) {
    if (line.kind === 'comment') continue;
    const named = /ERRCDE=([A-Z]{4})\b/.exec(line.text)?.[1];
    if (named !== undefined) return named;
    const bare = line.text.trim().split(/[\s,:/]/, 1)[0] ?? '';
    if (CODE.test(bare)) return bare;
  }
  return undefined;
}

/** Codes after which the same command may work a little later, nothing having been done. */
const LATER = new Set(['SARB', 'SSRE', 'SDNR']);

/**
 * What to do about a denial: ask again `later`; `absent`, the element has no such command or
 * thing; `not-signed-in`; or `never` the same command again.
 */
export function denialClass(
  code: string | undefined,
): 'later' | 'absent' | 'not-signed-in' | 'never' {
  if (code === undefined) return 'never';
  if (LATER.has(code)) return 'later';
  if (code === 'PLNA') return 'not-signed-in';
  if (/^(?:ICNV|IICM|ISPC|ENEQ|ENAD|ENRI|IIAC|SCNF|PICC|IDNV|INUP|IITA)$/.test(code))
    return 'absent';
  return 'never';
}
