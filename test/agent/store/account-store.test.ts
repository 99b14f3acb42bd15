import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeAccountStore } from './account-store.contract.ts';
import { TemporaryStore } from './temporary-store.ts';

describe('the account store in SQLite', () => {
  describeAccountStore(async () => {
    const temporary = await TemporaryStore.open();
    return {
      storage: temporary.store,
      advance: (ms) => (temporary.clock.ms += ms),
      close: () => temporary.remove(),
    };
  });
});

describe('the account tables', () => {
  let temporary: TemporaryStore;
  beforeEach(async () => {
    temporary = await TemporaryStore.open();
  });
  afterEach(() => temporary.remove());

  const planOf = async (sql: string): Promise<string> => {
    const rows = await temporary.query<{ readonly detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
    return rows.map((row) => row.detail).join('; ');
  };

  it('answers what sign-in and every request ask from an index', async () => {
    const live = 'deleted = 0 AND';
    expect(await planOf(`SELECT * FROM accounts WHERE ${live} realm = 'x'`)).toContain(
      'USING INDEX accounts_realm (realm=?)',
    );
    expect(
      await planOf(`SELECT * FROM accounts WHERE ${live} name_key = 'x' ORDER BY created, id`),
    ).toBe('SEARCH accounts USING INDEX accounts_name_key (name_key=?)');
    expect(
      await planOf(`SELECT * FROM users WHERE ${live} account_id = 'x' AND md5_hash = 'y'`),
    ).toContain('USING INDEX users_md5 (account_id=? AND md5_hash=?)');
    expect(
      await planOf(`SELECT * FROM users WHERE ${live} account_id = 'x' AND sha_hash = 'y'`),
    ).toContain('USING INDEX users_sha (account_id=? AND sha_hash=?)');
    expect(
      await planOf(`SELECT * FROM accounts WHERE ${live} path > 'x/' AND path < 'x0'`),
    ).toContain('SEARCH accounts USING INDEX sqlite_autoindex_accounts_2 (path>? AND path<?)');
  });
});
