// `craftport token`: whoever can read the data directory's secrets is the owner of the agent
// and gets a token of its master account. The database is not opened, so that it works beside
// a running agent.

import { createTokens, DEFAULT_TOKEN_LIFE_S, type IssuedToken } from '../account/tokens.ts';
import type { Clock } from '../base/clock.ts';
import { CraftportError } from '../base/error.ts';
import type { RandomBytes } from '../base/ids.ts';
import { credentialsFileAt } from '../secret/credentials-file.ts';
import { loadSecretKey } from '../secret/secret-key.ts';

export interface LocalTokenOptions {
  /** Paths of secret.key and credentials.json. */
  readonly secretKey: string;
  readonly credentials: string;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Seconds that the token lives; default an hour. */
  readonly lifeS?: number;
}

/**
 * A token of the master account, role admin, method `local`.
 * @throws config.data-dir-unusable when no agent was started there yet, or it cannot be read
 */
export async function mintLocalToken(options: LocalTokenOptions): Promise<IssuedToken> {
  const { clock, random, lifeS = DEFAULT_TOKEN_LIFE_S } = options;
  const credentials = await credentialsFileAt(options.credentials).load();
  if (credentials === undefined)
    throw new CraftportError(
      'config.data-dir-unusable',
      `There is no ${options.credentials}: start the agent with this data dir once`,
    );
  const key = await loadSecretKey(options.secretKey, false);
  return createTokens(key.derive('tokens'), random).issue(
    { accountId: credentials.account_id, method: 'local', role: 'admin' },
    clock.nowMs(),
    lifeS,
  );
}
