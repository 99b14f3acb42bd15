// How `npm start` hands its demo site to the desktop: address and pairing code in the
// environment, which other users cannot read as they can a command line.

import { isLoopbackHost } from './site-book.ts';

export interface FirstSite {
  readonly address: string;
  readonly fingerprint: string;
  readonly code: string;
  readonly details: { readonly name: string };
}

/** @param text `http://127.0.0.1:8000#ABCD-EFGH` @returns undefined for anything else */
export function readFirstSite(text: string | undefined): FirstSite | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const code = url.hash.slice(1);
  const isOurs = url.protocol === 'http:' && isLoopbackHost(url.hostname);
  if (!isOurs || !/^[0-9A-Z]{4}-[0-9A-Z]{4}$/.test(code)) return undefined;
  return { address: url.origin, fingerprint: '', code, details: { name: 'Demo site' } };
}
