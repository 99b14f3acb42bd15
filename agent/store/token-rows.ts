// API keys and revoked tokens in SQLite. Implements interfaces of account/account-store.ts.

import type {
  ApiKeyReader,
  ApiKeyWriter,
  RevokedTokenReader,
  RevokedTokenWriter,
} from '../account/account-store.ts';
import { type Clock, toGregorianSeconds } from '../base/clock.ts';
import type { SqlTransaction } from './group-commit.ts';
import type { SqlConnection } from './sql.ts';

type Query = Pick<SqlConnection, 'get'>;

/** Rows stay this long past their expiry: a clock set back must not revive a token. */
const KEEP_REVOKED_S = 90 * 86_400;

/** Reads over `query`, which may be a read connection or a transaction. */
export function apiKeyReader(query: Query): ApiKeyReader {
  return {
    async findAccountId(keyHash) {
      const row = await query.get<{ readonly account_id: string }>(
        'SELECT account_id FROM api_keys WHERE key_hash = ?',
        [keyHash],
      );
      return row?.account_id;
    },
    async loadHash(accountId) {
      const row = await query.get<{ readonly key_hash: string }>(
        'SELECT key_hash FROM api_keys WHERE account_id = ?',
        [accountId],
      );
      return row?.key_hash;
    },
  };
}

/** Writes within one transaction. */
export function apiKeyWriter(transaction: SqlTransaction, clock: Clock): ApiKeyWriter {
  return {
    ...apiKeyReader(transaction),
    async put(accountId, keyHash) {
      await transaction.run(
        `INSERT INTO api_keys (account_id, key_hash, created) VALUES (?1, ?2, ?3)
         ON CONFLICT (account_id) DO UPDATE SET key_hash = ?2, created = ?3`,
        [accountId, keyHash, toGregorianSeconds(clock.nowMs())],
      );
    },
  };
}

/** Reads over `query`, which may be a read connection or a transaction. */
export function revokedTokenReader(query: Query): RevokedTokenReader {
  return {
    async has(tokenId) {
      const row = await query.get('SELECT 1 FROM revoked_tokens WHERE token_id = ?', [tokenId]);
      return row !== undefined;
    },
  };
}

/** Writes within one transaction. */
export function revokedTokenWriter(transaction: SqlTransaction, clock: Clock): RevokedTokenWriter {
  return {
    ...revokedTokenReader(transaction),
    async add(tokenId, expiresS) {
      await transaction.run(
        'INSERT INTO revoked_tokens (token_id, expires_s) VALUES (?, ?) ON CONFLICT DO NOTHING',
        [tokenId, expiresS],
      );
      const nowS = Math.floor(clock.nowMs() / 1000);
      await transaction.run('DELETE FROM revoked_tokens WHERE expires_s < ?', [
        nowS - KEEP_REVOKED_S,
      ]);
    },
  };
}
