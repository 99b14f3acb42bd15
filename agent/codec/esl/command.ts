// What a client sends: one line, header lines, a blank line.

import { CraftportError } from '../../base/error.ts';
import type { EslHeader } from './headers.ts';

const utf8 = new TextEncoder();

/**
 * @param line `api ftdm list`, `auth …`
 * @throws codec.malformed when a line break would make two commands of one (a password may
 * hold any other character)
 */
export function encodeCommand(line: string, headers: readonly EslHeader[] = []): Uint8Array {
  const lines = [line, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (lines.some((each) => each === '' || /[\r\n\0]/.test(each)))
    throw new CraftportError('codec.malformed', 'A command is one line of text');
  return utf8.encode(`${lines.join('\n')}\n\n`);
}

/** The verdict at the start of a reply's text. */
export function replyVerdict(text: string): 'ok' | 'error' | 'usage' | 'data' {
  if (text.startsWith('+OK')) return 'ok';
  if (text.startsWith('-ERR')) return 'error';
  if (text.startsWith('-USAGE:') || text.startsWith('USAGE:')) return 'usage';
  return 'data';
}
