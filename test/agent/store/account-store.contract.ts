// What any engine's account, user, key and token repositories must do.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccountDraft, UserDraft } from '../../../agent/account/account-store.ts';
import type { Account, User } from '../../../agent/account/account.ts';
import type { Storage } from '../../../agent/service/storage.ts';

export interface OpenedStorage {
  readonly storage: Storage;
  /** Sets the clock forward. */
  advance(ms: number): void;
  close(): Promise<void>;
}

const id = (digit: string): string => digit.repeat(32);
const from = (digit: string) => ({ id: id(digit), isInclusive: true });
const everything = { limit: 100 };
const idsOf = (rows: readonly { readonly id: string }[]): readonly string[] =>
  rows.map((row) => row.id);

/** @param open an empty storage */
export function describeAccountStore(open: () => Promise<OpenedStorage>): void {
  let opened: OpenedStorage;
  let storage: Storage;
  beforeEach(async () => {
    opened = await open();
    storage = opened.storage;
  });
  afterEach(() => opened.close());

  const insert = (
    accountId: string,
    parent?: Account,
    overrides: Partial<AccountDraft> = {},
  ): Promise<Account> => {
    const name = overrides.name ?? `Account ${accountId.slice(0, 1)}`;
    const realm = overrides.realm ?? `${accountId.slice(0, 1)}.example.net`;
    return storage.write(({ accounts }) =>
      accounts.insert({
        id: accountId,
        parent,
        name,
        realm,
        enabled: true,
        doc: { name, realm, enabled: true, colour: { of: ['money'] } },
        ...overrides,
      }),
    );
  };
  const userDraft = (userId: string, overrides: Partial<UserDraft> = {}): UserDraft => ({
    id: userId,
    accountId: id('a'),
    username: `user-${userId.slice(0, 1)}`,
    enabled: true,
    role: 'technician',
    hashes: { md5: `md5 of ${userId}`, sha: `sha of ${userId}` },
    doc: { username: `user-${userId.slice(0, 1)}`, extra: 1 },
    ...overrides,
  });

  describe('accounts', () => {
    it('reads back what was inserted, by id, realm, name key and as the master', async () => {
      const master = await insert(id('a'), undefined, { name: 'Häuser & Söhne 7' });
      expect(master).toMatchObject({ path: [id('a')], parentId: undefined });
      expect(master.revision).toMatch(/^1-[0-9a-f]{32}$/);
      expect(master.doc).toMatchObject({ colour: { of: ['money'] } });
      expect(await storage.read.accounts.load(id('a'))).toEqual(master);
      expect(await storage.read.accounts.loadMaster()).toEqual(master);
      expect(await storage.read.accounts.findByRealm('a.example.net')).toEqual(master);
      expect(await storage.read.accounts.findByNameKey('husershne7', 5)).toEqual([master]);
      expect(await storage.read.accounts.load(id('b'))).toBeUndefined();
    });

    it('lists namesakes oldest first', async () => {
      const master = await insert(id('a'));
      await insert(id('d'), master, { name: 'Acme' });
      opened.advance(5_000);
      await insert(id('c'), master, { name: 'A.C.M.E.' });
      opened.advance(5_000);
      await insert(id('b'), master, { name: 'acme' });
      const names = await storage.read.accounts.findByNameKey('acme', 2);
      expect(idsOf(names)).toEqual([id('d'), id('c')]);
    });

    it('lists children and descendants in pages, each subtree by itself, either way', async () => {
      const master = await insert(id('a'));
      const b = await insert(id('b'), master);
      const c = await insert(id('c'), b);
      await insert(id('d'), c);
      await insert(id('e'), master);
      const { accounts } = storage.read;
      expect(idsOf(await accounts.listChildren(id('a'), everything))).toEqual([id('b'), id('e')]);
      expect(idsOf(await accounts.listDescendants(master, everything))).toEqual(
        ['b', 'c', 'd', 'e'].map(id),
      );
      expect(idsOf(await accounts.listDescendants(b, everything))).toEqual(['c', 'd'].map(id));
      expect(idsOf(await accounts.listDescendants(master, { start: from('c'), limit: 2 }))).toEqual(
        ['c', 'd'].map(id),
      );
      expect(idsOf(await accounts.listChildren(id('a'), { start: from('c'), limit: 9 }))).toEqual([
        id('e'),
      ]);
      expect(
        idsOf(
          await accounts.listDescendants(master, {
            direction: 'descending',
            start: { id: id('e'), isInclusive: false },
            end: from('c'),
            limit: 9,
          }),
        ),
      ).toEqual(['d', 'c'].map(id));
    });

    it('refuses a second master, a taken id and a taken realm', async () => {
      const master = await insert(id('a'));
      await insert(id('b'), master);
      const conflict = { code: 'document.conflict' };
      await expect(insert(id('c'))).rejects.toMatchObject(conflict);
      await expect(insert(id('b'), master, { realm: 'z.net' })).rejects.toMatchObject(conflict);
      await expect(insert(id('c'), master, { realm: 'b.example.net' })).rejects.toMatchObject(
        conflict,
      );
      expect(await storage.read.accounts.load(id('c'))).toBeUndefined();
    });

    it('writes the next revision, and refuses one that is based on an old one', async () => {
      const first = await insert(id('a'));
      opened.advance(7_000);
      const next = { name: 'New', realm: 'new.net', enabled: false, doc: { name: 'New' } };
      const second = await storage.write(({ accounts }) => accounts.replace(first, next));
      expect(second).toEqual({
        ...first,
        ...next,
        revision: second.revision,
        modified: first.modified + 7,
      });
      expect(second.revision).toMatch(/^2-/);
      expect(await storage.read.accounts.load(id('a'))).toEqual(second);
      await expect(
        storage.write(({ accounts }) => accounts.replace(first, next)),
      ).rejects.toMatchObject({ code: 'document.conflict' });
    });

    it('deletes softly with users and key, and frees the realm', async () => {
      const master = await insert(id('a'));
      const child = await insert(id('b'), master);
      await storage.write(async ({ users, apiKeys }) => {
        await users.insert(userDraft(id('1'), { accountId: id('b') }));
        await apiKeys.put(id('b'), 'hash of b');
      });
      await storage.write(({ accounts }) => accounts.remove(child));
      const { read } = storage;
      expect(await read.accounts.load(id('b'))).toBeUndefined();
      expect(await read.accounts.listDescendants(master, everything)).toEqual([]);
      expect(await read.users.load(id('b'), id('1'))).toBeUndefined();
      expect(await read.apiKeys.findAccountId('hash of b')).toBeUndefined();
      await insert(id('c'), master, { realm: 'b.example.net' });
      await expect(insert(id('b'), master, { realm: 'other.net' })).rejects.toMatchObject({
        code: 'document.conflict',
      });
    });
  });

  describe('users', () => {
    const put = (draft: UserDraft): Promise<User> =>
      storage.write(({ users }) => users.insert(draft));
    beforeEach(async () => {
      const master = await insert(id('a'));
      await insert(id('b'), master);
    });

    it('finds a user by id, name and either digest, in its own account only', async () => {
      const user = await put(userDraft(id('1')));
      const { users } = storage.read;
      expect(await users.load(id('a'), id('1'))).toEqual(user);
      expect(await users.findByUsername(id('a'), 'user-1')).toEqual(user);
      expect(await users.findByDigest(id('a'), 'md5', `md5 of ${id('1')}`)).toEqual(user);
      expect(await users.findByDigest(id('a'), 'sha', `sha of ${id('1')}`)).toEqual(user);
      expect(await users.findByDigest(id('a'), 'sha', `md5 of ${id('1')}`)).toBeUndefined();
      expect(await users.findByDigest(id('b'), 'md5', `md5 of ${id('1')}`)).toBeUndefined();
      expect(await users.load(id('b'), id('1'))).toBeUndefined();
    });

    it('refuses a taken name in the same account and allows it in another', async () => {
      await put(userDraft(id('1')));
      const hashes = { md5: 'x', sha: 'y' };
      await expect(put(userDraft(id('2'), { username: 'user-1', hashes }))).rejects.toMatchObject({
        code: 'document.conflict',
      });
      await put(userDraft(id('3'), { username: 'user-1', accountId: id('b'), hashes }));
    });

    it('changes the signature with the password, and only then', async () => {
      const first = await put(userDraft(id('1')));
      const fields = { username: 'renamed', enabled: false, role: 'admin', doc: {} } as const;
      const second = await storage.write(({ users }) => users.replace(first, fields));
      expect(second).toMatchObject({ ...fields, signature: first.signature });
      const { users: reader } = storage.read;
      expect(await reader.findByDigest(id('a'), 'md5', `md5 of ${id('1')}`)).toEqual(second);

      const third = await storage.write(({ users }) =>
        users.replace(second, { ...fields, hashes: { md5: 'new md5', sha: 'new sha' } }),
      );
      expect(third.signature).not.toBe(first.signature);
      expect(await reader.findByDigest(id('a'), 'md5', `md5 of ${id('1')}`)).toBeUndefined();
      expect(await reader.findByDigest(id('a'), 'sha', 'new sha')).toEqual(third);
      await expect(
        storage.write(({ users }) => users.replace(second, fields)),
      ).rejects.toMatchObject({ code: 'document.conflict' });
    });

    it('lists in pages, counts the enabled of a role, and forgets the deleted', async () => {
      const one = await put(userDraft(id('1'), { role: 'admin' }));
      await put(userDraft(id('2'), { role: 'admin' }));
      await put(userDraft(id('3'), { role: 'admin', enabled: false }));
      const { users } = storage.read;
      expect(await users.countEnabled(id('a'), 'admin')).toBe(2);
      await storage.write(({ users: writer }) => writer.remove(one));
      expect(await users.countEnabled(id('a'), 'admin')).toBe(1);
      expect(idsOf(await users.list(id('a'), everything))).toEqual(['2', '3'].map(id));
      expect(idsOf(await users.list(id('a'), { start: from('3'), limit: 1 }))).toEqual([id('3')]);
      await put(userDraft(id('4'), { username: 'user-1', hashes: { md5: 'm', sha: 's' } }));
    });
  });

  describe('keys and revoked tokens', () => {
    it('knows the present key of an account only', async () => {
      await insert(id('a'));
      await storage.write(({ apiKeys }) => apiKeys.put(id('a'), 'first'));
      await storage.write(({ apiKeys }) => apiKeys.put(id('a'), 'second'));
      const { apiKeys } = storage.read;
      expect(await apiKeys.findAccountId('first')).toBeUndefined();
      expect(await apiKeys.findAccountId('second')).toBe(id('a'));
      expect(await apiKeys.loadHash(id('a'))).toBe('second');
      expect(await apiKeys.loadHash(id('b'))).toBeUndefined();
    });

    it('remembers a revoked token, also when it is revoked twice', async () => {
      await storage.write(({ revokedTokens }) => revokedTokens.add('token', 9_999_999_999));
      await storage.write(({ revokedTokens }) => revokedTokens.add('token', 9_999_999_999));
      expect(await storage.read.revokedTokens.has('token')).toBe(true);
      expect(await storage.read.revokedTokens.has('other')).toBe(false);
    });

    it('keeps a revoked token past its end, and lets go of it after months', async () => {
      const expiresS = Date.UTC(2024, 0, 2) / 1000;
      await storage.write(({ revokedTokens }) => revokedTokens.add('old', expiresS));
      opened.advance(30 * 86_400_000);
      await storage.write(({ revokedTokens }) => revokedTokens.add('other', 9_999_999_999));
      expect(await storage.read.revokedTokens.has('old')).toBe(true);
      opened.advance(90 * 86_400_000);
      await storage.write(({ revokedTokens }) => revokedTokens.add('another', 9_999_999_999));
      expect(await storage.read.revokedTokens.has('old')).toBe(false);
    });
  });
}
