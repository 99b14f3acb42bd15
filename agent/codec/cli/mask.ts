// Secrets in what a command line prints: configurations hold passwords and keys.

import { MASK } from '../../base/mask.ts';

const SECRETS = [
  /\b(enable (?:secret|password)(?: level \d{1,2})?(?: \d)? )\S.{0,255}/gi,
  /\b(username \S{1,64} .{0,64}?(?:secret|password)(?: \d)? )\S.{0,255}/gi,
  /\b((?:password|secret|key|key-string|md5)(?: [05-9])? )\S{1,255}/gi,
  /\b(snmp-server community )\S{1,255}/gi,
];

/** `text` with the secret of each configuration line masked. */
export function maskConfiguration(text: string): string {
  return SECRETS.reduce((masked, pattern) => masked.replaceAll(pattern, `$1${MASK}`), text);
}
