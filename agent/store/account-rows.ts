// The account tree in SQLite. Implements the interfaces of account/account-store.ts.
//
// A row's `path` holds the ids from the master account down, '/'-joined, so that a subtree is
// one range of an index: everything from `path/` up to, and without, `path0` ('0' follows '/').

import type { AccountDraft, AccountReader, AccountWriter } from '../account/account-store.ts';
import { type Account, nameKeyOf } from '../account/account.ts';
import { type GregorianSeconds, toGregorianSeconds } from '../base/clock.ts';
import { CraftportError } from '../base/error.ts';
import { nextRevision } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { RowsContext } from './document-rows.ts';
import { idPage } from './id-page.ts';
import type { SqlTransaction } from './group-commit.ts';
import { type SqlConnection, SqlConstraintError, type SqlValue } from './sql.ts';

interface AccountRow {
  readonly id: string;
  readonly parent_id: string | null;
  readonly path: string;
  readonly name: string;
  readonly realm: string;
  readonly enabled: number;
  readonly revision: string;
  readonly created: number;
  readonly modified: number;
  readonly doc: string;
}

const SELECT = `SELECT id, parent_id, path, name, realm, enabled, revision, created, modified, doc
  FROM accounts WHERE deleted = 0`;

type Query = Pick<SqlConnection, 'get' | 'all'>;

/** Reads over `query`, which may be a read connection or a transaction. */
export function accountReader(query: Query, context: RowsContext): AccountReader {
  const one = async (sql: string, parameters: readonly SqlValue[]): Promise<Account | undefined> =>
    (await many(sql, parameters))[0];
  const many = async (sql: string, parameters: readonly SqlValue[]): Promise<readonly Account[]> =>
    (await query.all<AccountRow>(sql, parameters)).map((row) => fromRow(row, context));
  return {
    load: (id) => one(`${SELECT} AND id = ?`, [id]),
    loadMaster: () => one(`${SELECT} AND parent_id IS NULL`, []),
    findByRealm: (realm) => one(`${SELECT} AND realm = ?`, [realm]),
    findByNameKey: (nameKey, limit) =>
      many(`${SELECT} AND name_key = ? ORDER BY created, id LIMIT ?`, [nameKey, limit]),
    listChildren: (id, page) => {
      const { sql, values } = idPage(page);
      return many(`${SELECT} AND parent_id = ?${sql}`, [id, ...values]);
    },
    listDescendants: (account, page) => {
      const path = account.path.join('/');
      const { sql, values } = idPage(page);
      return many(`${SELECT} AND path > ? AND path < ?${sql}`, [`${path}/`, `${path}0`, ...values]);
    },
  };
}

/** Writes within one transaction. */
export function accountWriter(transaction: SqlTransaction, context: RowsContext): AccountWriter {
  const write = async (id: string, sql: string, parameters: readonly SqlValue[]): Promise<void> => {
    const changed = await transaction.run(sql, parameters).catch((error: unknown) => {
      if (error instanceof SqlConstraintError) throw conflict(id, error);
      throw error;
    });
    if (changed === 0) throw conflict(id);
  };
  return {
    ...accountReader(transaction, context),

    async insert(draft) {
      const now = toGregorianSeconds(context.clock.nowMs());
      const { id, parent, name, realm, enabled, doc } = draft;
      const account: Account = {
        id,
        parentId: parent?.id,
        path: [...(parent?.path ?? []), id],
        name,
        realm,
        enabled,
        revision: nextRevision(undefined, context.random),
        created: now,
        modified: now,
        doc,
      };
      await write(
        id,
        `INSERT INTO accounts (id, parent_id, path, created, revision, modified, name, name_key,
           realm, enabled, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [id, parent?.id ?? null, account.path.join('/'), now, ...columnsOf(account, context)],
      );
      return account;
    },

    async replace(current, next) {
      const account: Account = { ...revised(current, context), ...pickNext(next) };
      await write(
        current.id,
        `UPDATE accounts SET revision = ?, modified = ?, name = ?, name_key = ?, realm = ?,
           enabled = ?, doc = ? WHERE id = ? AND revision = ? AND deleted = 0`,
        [...columnsOf(account, context), current.id, current.revision],
      );
      return account;
    },

    async remove(current) {
      const account = revised(current, context);
      await write(
        current.id,
        `UPDATE accounts SET deleted = 1, revision = ?, modified = ?
         WHERE id = ? AND revision = ? AND deleted = 0`,
        [account.revision, account.modified, current.id, current.revision],
      );
      await transaction.run('DELETE FROM api_keys WHERE account_id = ?', [current.id]);
      await transaction.run(
        'UPDATE users SET deleted = 1, modified = ? WHERE account_id = ? AND deleted = 0',
        [account.modified, current.id],
      );
      return account;
    },
  };
}

function pickNext({
  name,
  realm,
  enabled,
  doc,
}: Pick<AccountDraft, 'name' | 'realm' | 'enabled' | 'doc'>): Partial<Account> {
  return { name, realm, enabled, doc };
}

function revised(current: Account, context: RowsContext): Account {
  return {
    ...current,
    revision: nextRevision(current.revision, context.random),
    modified: toGregorianSeconds(context.clock.nowMs()),
  };
}

/** revision, modified, name, name_key, realm, enabled, doc */
function columnsOf(account: Account, context: RowsContext): readonly SqlValue[] {
  return [
    account.revision,
    account.modified,
    account.name,
    nameKeyOf(account.name),
    account.realm,
    Number(account.enabled),
    JSON.stringify(context.sealer.seal(account.doc, addressOf(account.id))),
  ];
}

function fromRow(row: AccountRow, context: RowsContext): Account {
  return {
    id: row.id,
    parentId: row.parent_id ?? undefined,
    path: row.path.split('/'),
    name: row.name,
    realm: row.realm,
    enabled: row.enabled === 1,
    revision: row.revision,
    created: row.created as GregorianSeconds,
    modified: row.modified as GregorianSeconds,
    doc: context.sealer.unseal(JSON.parse(row.doc) as JsonObject, addressOf(row.id)),
  };
}

function addressOf(id: string): string {
  return `account//${id}`;
}

function conflict(id: string, cause?: unknown): CraftportError {
  return new CraftportError('document.conflict', `The account ${id} clashes with another one`, {
    detail: { id },
    cause,
  });
}
