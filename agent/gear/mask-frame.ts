// Secrets in what is said to and by gear: those that the record has, wherever they stand, and
// the places where gear of any kind says one (reference: serial gear §7, secrets).

import { MASK } from '../base/mask.ts';

const CLI_SECRETS: readonly RegExp[] = [
  // FreeSWITCH: `auth ClueCon`, `userauth user:password`
  /^(auth\s+)\S.*$/gim,
  /^(userauth\s+[^:\r\n]*:).*$/gim,
  // TL1: ACT-USER:TID:UID:CTAG::PID; and ED-PID:TID:UID:CTAG::OLD,NEW;
  /\b((?:ACT-USER|ED-PID|ED-USER-SECU|ENT-USER-SECU|ED-SECU-PID)[^:;]*:[^:;]*:[^:;]*:[^:;]*:[^:;]*:)[^;\r\n]+/gi,
  // IOS-like: enable secret 5 …, password 7 …, username x password y, key 7 …
  /((?:^|\s)(?:enable\s+)?(?:secret|password|passphrase|passwd)\s+(?:\d\s+)?)[^\s;]+/gim,
  /(\bsnmp-server\s+community\s+)\S+/gi,
  /(\bkey\s+\d\s+)\S+/gi,
  // name=value and "name": "value"
  /(\b(?:password|passwd|secret|token|api[_-]?key)["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi,
];

/** @param secrets texts that must not be shown, whatever is around them */
export function maskFrame(text: string, secrets: readonly string[]): string {
  let masked = text;
  // Longest first: one secret may be part of another.
  for (const secret of [...secrets].sort((a, b) => b.length - a.length))
    if (secret !== '') masked = masked.replaceAll(secret, MASK);
  for (const pattern of CLI_SECRETS) masked = masked.replace(pattern, `$1${MASK}`);
  return masked;
}
