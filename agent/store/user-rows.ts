// Users in SQLite. Implements the interfaces of account/account-store.ts.

import type { UserDraft, UserReader, UserWriter } from '../account/account-store.ts';
import type { Role, User } from '../account/account.ts';
import { type GregorianSeconds, toGregorianSeconds } from '../base/clock.ts';
import { CraftportError } from '../base/error.ts';
import { newId, nextRevision } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { RowsContext } from './document-rows.ts';
import { idPage } from './id-page.ts';
import type { SqlTransaction } from './group-commit.ts';
import { type SqlConnection, SqlConstraintError, type SqlValue } from './sql.ts';

interface UserRow {
  readonly id: string;
  readonly account_id: string;
  readonly username: string;
  readonly enabled: number;
  readonly role: Role;
  readonly signature: string;
  readonly revision: string;
  readonly created: number;
  readonly modified: number;
  readonly doc: string;
}

const SELECT = `SELECT id, account_id, username, enabled, role, signature, revision, created,
  modified, doc FROM users WHERE deleted = 0`;

type Query = Pick<SqlConnection, 'get' | 'all'>;

/** Reads over `query`, which may be a read connection or a transaction. */
export function userReader(query: Query, context: RowsContext): UserReader {
  const many = async (sql: string, parameters: readonly SqlValue[]): Promise<readonly User[]> =>
    (await query.all<UserRow>(sql, parameters)).map((row) => fromRow(row, context));
  const one = async (sql: string, parameters: readonly SqlValue[]): Promise<User | undefined> =>
    (await many(sql, parameters))[0];
  return {
    load: (accountId, id) => one(`${SELECT} AND account_id = ? AND id = ?`, [accountId, id]),
    findByUsername: (accountId, username) =>
      one(`${SELECT} AND account_id = ? AND username = ?`, [accountId, username]),
    // An index search leaks through its timing at most a prefix of the stored hash, and that is
    // the output of scrypt under a salt nobody outside knows: no guess can be steered by it.
    findByDigest: (accountId, method, hash) =>
      one(`${SELECT} AND account_id = ? AND ${method === 'md5' ? 'md5_hash' : 'sha_hash'} = ?`, [
        accountId,
        hash,
      ]),
    list: (accountId, page) => {
      const { sql, values } = idPage(page);
      return many(`${SELECT} AND account_id = ?${sql}`, [accountId, ...values]);
    },
    async countEnabled(accountId, role) {
      const row = await query.get<{ readonly count: number }>(
        `SELECT count(*) AS count FROM users
         WHERE account_id = ? AND role = ? AND enabled = 1 AND deleted = 0`,
        [accountId, role],
      );
      return row?.count ?? 0;
    },
  };
}

/** Writes within one transaction. */
export function userWriter(transaction: SqlTransaction, context: RowsContext): UserWriter {
  const write = async (id: string, sql: string, parameters: readonly SqlValue[]): Promise<void> => {
    const changed = await transaction.run(sql, parameters).catch((error: unknown) => {
      if (error instanceof SqlConstraintError) throw conflict(id, error);
      throw error;
    });
    if (changed === 0) throw conflict(id);
  };
  return {
    ...userReader(transaction, context),

    async insert(draft: UserDraft) {
      const now = toGregorianSeconds(context.clock.nowMs());
      const { id, accountId, username, enabled, role, hashes, doc } = draft;
      const user: User = {
        id,
        accountId,
        username,
        enabled,
        role,
        signature: newId(context.random),
        revision: nextRevision(undefined, context.random),
        created: now,
        modified: now,
        doc,
      };
      await write(
        id,
        `INSERT INTO users (id, account_id, md5_hash, sha_hash, created, username, enabled, role,
           signature, revision, modified, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [id, accountId, hashes.md5, hashes.sha, now, ...columnsOf(user, context)],
      );
      return user;
    },

    async replace(current, { username, enabled, role, doc, hashes }) {
      const user: User = {
        ...revised(current, context),
        username,
        enabled,
        role,
        doc,
        ...(hashes === undefined ? {} : { signature: newId(context.random) }),
      };
      await write(
        current.id,
        `UPDATE users SET username = ?, enabled = ?, role = ?, signature = ?, revision = ?,
           modified = ?, doc = ?, md5_hash = coalesce(?, md5_hash), sha_hash = coalesce(?, sha_hash)
         WHERE id = ? AND revision = ? AND deleted = 0`,
        [
          ...columnsOf(user, context),
          hashes?.md5 ?? null,
          hashes?.sha ?? null,
          current.id,
          current.revision,
        ],
      );
      return user;
    },

    async remove(current) {
      const user = revised(current, context);
      await write(
        current.id,
        `UPDATE users SET deleted = 1, revision = ?, modified = ?
         WHERE id = ? AND revision = ? AND deleted = 0`,
        [user.revision, user.modified, current.id, current.revision],
      );
      return user;
    },
  };
}

function revised(current: User, context: RowsContext): User {
  return {
    ...current,
    revision: nextRevision(current.revision, context.random),
    modified: toGregorianSeconds(context.clock.nowMs()),
  };
}

/** username, enabled, role, signature, revision, modified, doc */
function columnsOf(user: User, context: RowsContext): readonly SqlValue[] {
  return [
    user.username,
    Number(user.enabled),
    user.role,
    user.signature,
    user.revision,
    user.modified,
    JSON.stringify(context.sealer.seal(user.doc, addressOf(user.accountId, user.id))),
  ];
}

function fromRow(row: UserRow, context: RowsContext): User {
  return {
    id: row.id,
    accountId: row.account_id,
    username: row.username,
    enabled: row.enabled === 1,
    role: row.role,
    signature: row.signature,
    revision: row.revision,
    created: row.created as GregorianSeconds,
    modified: row.modified as GregorianSeconds,
    doc: context.sealer.unseal(
      JSON.parse(row.doc) as JsonObject,
      addressOf(row.account_id, row.id),
    ),
  };
}

function addressOf(accountId: string, id: string): string {
  return `user/${accountId}/${id}`;
}

function conflict(id: string, cause?: unknown): CraftportError {
  return new CraftportError('document.conflict', `The user ${id} clashes with another one`, {
    detail: { id },
    cause,
  });
}
