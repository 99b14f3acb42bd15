// Other names of paths, for scripts written for older or longer API pages: `account` for the
// token's own account (reference §1.7), and the names that resources had up to Kazoo 4.3 (§3.1).

import { CraftportError } from '../base/error.ts';

const OWN_ACCOUNT = /^\/v2\/account(?=[/?]|$)/;
const GLOBAL_RESOURCES = /^\/v2\/global_resources(?=[/?]|$)/;
const LOCAL_RESOURCES = /^(\/v2\/accounts\/[^/?]+)\/local_resources(?=[/?]|$)/;

/**
 * The path that routes know. Everything else of the URL stays.
 * @param accountId the token's account
 * @throws auth.missing for `account` without a token, which a preflight does not need
 */
export function canonicalUrl(url: string, accountId: string | undefined, method: string): string {
  let path = url;
  if (OWN_ACCOUNT.test(path)) {
    if (accountId === undefined && method !== 'OPTIONS')
      throw new CraftportError('auth.missing', 'The own account of nobody');
    path = path.replace(OWN_ACCOUNT, `/v2/accounts/${accountId ?? '-'}`);
  }
  return path.replace(GLOBAL_RESOURCES, '/v2/resources').replace(LOCAL_RESOURCES, '$1/resources');
}
