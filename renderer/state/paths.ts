// Where things are in the API, and in the page.

import type { Identity } from './site.ts';

/** An account's own things, or those of the whole site. */
export type Scope = 'account' | 'global';

export function basePath(identity: Identity, scope: Scope): string {
  return scope === 'global' ? '/v2' : `/v2/accounts/${encodeURIComponent(identity.accountId)}`;
}

/** 32 hex digits: an id chosen here makes a repeated create harmless. */
export function newDocumentId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** `#/resources/global/abc` → `['resources', 'global', 'abc']` */
export function parsePlace(hash: string): readonly string[] {
  return hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
}

export function placeOf(...parts: readonly string[]): string {
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}
