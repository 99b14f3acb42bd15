// The users of an account. Changing them takes the role admin; one's own password does not.

import { userDocument } from '../account/account-document.ts';
import type { User } from '../account/account.ts';
import { refreshSession } from '../service/session.ts';
import type { SignInContext } from '../service/sign-in.ts';
import type { UserService, UserWrite } from '../service/users.ts';
import { userList } from './account-list.ts';
import { accountOf, identityOf, objectOf } from './call-parts.ts';
import { LIST_QUERY, LIST_TYPES, listReply } from './listing.ts';
import type { Call, Reply, Route } from './route.ts';

/** @param signIn for the new token of a caller who changes the own password */
export function userRoutes(users: UserService, signIn: SignInContext): readonly Route[] {
  /** Another password ends the tokens of the old one: whoever changed it goes on with a new one. */
  const changed = async (call: Call, user: User): Promise<Reply> => {
    const identity = identityOf(call);
    const isOwn = identity.userId === user.id && 'password' in objectOf(call.data);
    const reply = written(user);
    if (!isOwn || !user.enabled) return reply;
    return { ...reply, authToken: (await refreshSession(signIn, identity)).token };
  };
  return [
    {
      path: '/v2/accounts/:account_id/users',
      methods: {
        GET: {
          access: 'account',
          summary: 'List the users',
          query: LIST_QUERY,
          produces: LIST_TYPES,
          handle: (call) =>
            listReply(
              call,
              userList((page) => users.list(accountOf(call).id, page)),
            ),
        },
        PUT: {
          access: 'account',
          role: 'admin',
          summary: 'Create a user',
          schema: 'users',
          async handle(call) {
            const user = await users.create(objectOf(call.data), writeOf(call));
            return { ...written(user), location: `${call.path}/${user.id}` };
          },
        },
      },
    },
    {
      path: '/v2/accounts/:account_id/users/:user_id',
      methods: {
        GET: {
          access: 'account',
          summary: 'Fetch a user',
          handle: async (call) => written(await users.fetch(accountOf(call).id, idOf(call))),
        },
        POST: {
          access: 'account',
          summary: 'Change (replace) a user',
          schema: 'users',
          handle: async (call) =>
            changed(call, await users.replace(idOf(call), objectOf(call.data), writeOf(call))),
        },
        PATCH: {
          access: 'account',
          summary: 'Patch (merge into) a user; the own password by every technician',
          handle: async (call) =>
            changed(call, await users.patch(idOf(call), objectOf(call.data), writeOf(call))),
        },
        DELETE: {
          access: 'account',
          role: 'admin',
          summary: 'Remove a user',
          async handle(call) {
            const removed = await users.remove(idOf(call), writeOf(call));
            return {
              ...written(removed),
              data: { ...userDocument(removed), _read_only: { deleted: true } },
            };
          },
        },
      },
    },
  ];
}

function written(user: User): Reply {
  return { data: userDocument(user), revision: user.revision, etag: user.revision };
}

function idOf(call: Call): string {
  return call.parameters['user_id'] ?? '';
}

function writeOf(call: Call): UserWrite {
  return {
    account: accountOf(call),
    identity: identityOf(call),
    preconditions: call.preconditions,
    by: call.actor,
  };
}
