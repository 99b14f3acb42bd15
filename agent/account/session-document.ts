// What a sign-in answers beside the token, in the shape that Crossbar's clients read
// (reference §2.2): Monster UI needs apps, is_reseller, reseller_id, language, account_name.

import { createHash } from 'node:crypto';
import type { JsonObject } from '../base/json.ts';
import { type Account, type Identity, isMasterAccount } from './account.ts';

/** @param userId the signed-in user, when a user signed in */
export function sessionDocument(account: Account, userId: string | undefined): JsonObject {
  const masterId = account.path[0] ?? account.id;
  const language = account.doc['language'];
  return {
    account_id: account.id,
    ...(userId === undefined ? {} : { owner_id: userId }),
    account_name: account.name,
    language: typeof language === 'string' ? language : 'en-us',
    apps: [],
    // Nobody resells here: the master account stands for the reseller of all.
    is_reseller: false,
    reseller_id: masterId,
    is_master_account: isMasterAccount(account),
    cluster_id: clusterIdOf(masterId),
    capabilities: {},
    ui_config: {},
  };
}

/** The same of a token in use, with what the token itself says. */
export function tokenDocument(identity: Identity): JsonObject {
  return {
    ...sessionDocument(identity.account, identity.userId),
    id: identity.tokenId,
    method: identity.method,
    role: identity.role,
    exp: identity.expiresS,
  };
}

/** 32 hex digits that stay the same for the life of a site and name no account. */
function clusterIdOf(masterId: string): string {
  return createHash('sha256').update(`cluster/${masterId}`).digest('hex').slice(0, 32);
}
