// The account tree (design: a token acts for its own subtree). Changing it takes the role admin.

import { accountDocument, accountRow } from '../account/account-document.ts';
import type { Account } from '../account/account.ts';
import { CraftportError } from '../base/error.ts';
import type { AccountService, AccountWrite } from '../service/accounts.ts';
import { refreshSession } from '../service/session.ts';
import type { SignInContext } from '../service/sign-in.ts';
import { accountList } from './account-list.ts';
import { accountOf, identityOf, objectOf } from './call-parts.ts';
import { LIST_QUERY, LIST_TYPES, listReply } from './listing.ts';
import type { Call, Reply, Route } from './route.ts';

/** @param signIn for the new token of a caller whose own API key is replaced */
export function accountRoutes(accounts: AccountService, signIn: SignInContext): readonly Route[] {
  const create = async (call: Call, parent: Account): Promise<Reply> => {
    const created = await accounts.create(parent.id, objectOf(call.data), writeOf(call));
    return { ...written(created), location: `/v2/accounts/${created.id}` };
  };
  return [
    {
      path: '/v2/accounts',
      methods: {
        PUT: {
          access: 'token',
          role: 'admin',
          summary: "Create an account below the token's account",
          schema: 'accounts',
          handle: (call) => create(call, identityOf(call).account),
        },
      },
    },
    {
      path: '/v2/accounts/:account_id',
      methods: {
        GET: {
          access: 'account',
          summary: 'Fetch an account',
          handle: (call) => Promise.resolve(written(accountOf(call))),
        },
        PUT: {
          access: 'account',
          role: 'admin',
          summary: 'Create an account below this one',
          schema: 'accounts',
          handle: (call) => create(call, accountOf(call)),
        },
        POST: {
          access: 'account',
          role: 'admin',
          summary: 'Change (replace) an account',
          schema: 'accounts',
          handle: async (call) =>
            written(await accounts.replace(accountOf(call).id, objectOf(call.data), writeOf(call))),
        },
        PATCH: {
          access: 'account',
          role: 'admin',
          summary: 'Patch (merge into) an account',
          handle: async (call) =>
            written(await accounts.patch(accountOf(call).id, objectOf(call.data), writeOf(call))),
        },
        DELETE: {
          access: 'account',
          role: 'admin',
          summary: 'Remove an account that has none below it',
          async handle(call) {
            const removed = await accounts.remove(accountOf(call).id, writeOf(call));
            return {
              ...written(removed),
              data: { ...accountDocument(removed), _read_only: { deleted: true } },
            };
          },
        },
      },
    },
    {
      path: '/v2/accounts/:account_id/children',
      methods: {
        GET: {
          access: 'account',
          summary: 'List the accounts right below',
          query: LIST_QUERY,
          produces: LIST_TYPES,
          handle: (call) =>
            listReply(
              call,
              accountList('children.csv', (page) =>
                accounts.listChildren(accountOf(call).id, page),
              ),
            ),
        },
      },
    },
    {
      path: '/v2/accounts/:account_id/descendants',
      methods: {
        GET: {
          access: 'account',
          summary: 'List all accounts below',
          query: LIST_QUERY,
          produces: LIST_TYPES,
          handle: (call) =>
            listReply(
              call,
              accountList('descendants.csv', (page) =>
                accounts.listDescendants(accountOf(call), page),
              ),
            ),
        },
      },
    },
    {
      path: '/v2/accounts/:account_id/tree',
      methods: {
        GET: {
          access: 'account',
          summary: "List the accounts above, from the token's account down",
          async handle(call) {
            const above = await accounts.loadTree(accountOf(call), identityOf(call).account);
            return { data: above.map(accountRow), revision: 'automatic' };
          },
        },
      },
    },
    {
      path: '/v2/accounts/:account_id/api_key',
      methods: {
        GET: {
          access: 'account',
          role: 'admin',
          summary: 'Always 404: API keys are stored hashed',
          handle: (call) =>
            Promise.reject(
              new CraftportError('document.not-found', 'API keys cannot be shown again', {
                detail: { id: accountOf(call).id },
              }),
            ),
        },
        PUT: {
          access: 'account',
          role: 'admin',
          summary: 'Make a new API key and show it once; the old one dies',
          async handle(call) {
            const { id } = accountOf(call);
            const identity = identityOf(call);
            const apiKey = await accounts.replaceApiKey(id, call.actor);
            const isOwn = identity.method === 'cb_api_auth' && identity.account.id === id;
            return {
              data: { api_key: apiKey },
              revision: 'automatic',
              // The token in use died with the key it came from.
              ...(isOwn ? { authToken: (await refreshSession(signIn, identity)).token } : {}),
            };
          },
        },
      },
    },
  ];
}

function written(account: Account): Reply {
  return { data: accountDocument(account), revision: account.revision, etag: account.revision };
}

function writeOf(call: Call): AccountWrite {
  return {
    holder: identityOf(call).account,
    preconditions: call.preconditions,
    by: call.actor,
  };
}
