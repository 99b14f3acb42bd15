// Lists of accounts and users, in ascending order of id by default.

import { accountDocument, accountRow, userDocument, userRow } from '../account/account-document.ts';
import type { Page } from '../account/account-store.ts';
import type { Account, User } from '../account/account.ts';
import type { JsonObject } from '../base/json.ts';
import type { ListSource, SourceBound } from './list-reading.ts';

interface IdListOptions<Item> {
  readonly fileName: string;
  read(page: Page): Promise<readonly Item[]>;
  /** As GET of one shows it, for filters. */
  document(item: Item): JsonObject;
  row(item: Item): JsonObject;
  readonly type: string;
}

export function accountList(
  fileName: string,
  read: (page: Page) => Promise<readonly Account[]>,
): ListSource<Account> {
  return idList({ fileName, read, document: accountDocument, row: accountRow, type: 'account' });
}

export function userList(read: (page: Page) => Promise<readonly User[]>): ListSource<User> {
  return idList({
    fileName: 'users.csv',
    read,
    document: userDocument,
    row: userRow,
    type: 'user',
  });
}

function idList<Item extends Pick<Account, 'id' | 'created' | 'modified'>>(
  options: IdListOptions<Item>,
): ListSource<Item> {
  return {
    shape: {
      sorts: ['id'],
      defaultSort: 'id',
      defaultDirection: 'ascending',
      isSearchable: false,
      fileName: options.fileName,
    },
    read: ({ direction, start, end, limit }) =>
      options.read({ direction, start: toIdBound(start), end: toIdBound(end), limit }),
    keyOf: (item) => item.id,
    filterable: (item) => ({
      id: item.id,
      doc: options.document(item),
      pvt: { pvt_type: options.type, pvt_created: item.created, pvt_modified: item.modified },
    }),
    row: (item) => options.row(item),
  };
}

function toIdBound(bound: SourceBound | undefined): Page['start'] {
  if (bound === undefined) return undefined;
  const { key, text, isInclusive } = bound;
  return { id: typeof key === 'string' ? key : (text ?? ''), isInclusive };
}
