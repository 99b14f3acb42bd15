// Signing in and out (Crossbar reference §2.1, §2.2 and §2.4).

import type { Identity } from '../account/account.ts';
import { sessionDocument, tokenDocument } from '../account/session-document.ts';
import { CraftportError, invalidFields } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import type { DocumentValidator } from '../document/validate.ts';
import { refreshSession, signOut } from '../service/session.ts';
import {
  type PasswordSignIn,
  type SignedIn,
  type SignInContext,
  signInWithApiKey,
  signInWithPassword,
} from '../service/sign-in.ts';
import type { Call, Reply, Route } from './route.ts';

export interface AuthServices {
  readonly signIn: SignInContext;
  readonly validators: {
    /** Schemas `api_auth` and `user_auth`. */
    readonly apiAuth: DocumentValidator;
    readonly userAuth: DocumentValidator;
  };
}

/** The routes of sign-in, sign-out and token inspection. */
export function authRoutes({ signIn, validators }: AuthServices): readonly Route[] {
  return [
    {
      path: '/v2/api_auth',
      methods: {
        PUT: {
          access: 'open',
          summary: 'Sign in with the API key of an account',
          schema: 'api_auth',
          async handle(call) {
            const { api_key: apiKey } = validators.apiAuth.validate(call.data);
            return signedIn(await signInWithApiKey(signIn, textOf(apiKey), call.actor));
          },
        },
      },
    },
    {
      path: '/v2/user_auth',
      methods: {
        PUT: {
          access: 'open',
          summary: 'Sign in with the credentials of a user',
          schema: 'user_auth',
          async handle(call) {
            const request = toPasswordSignIn(validators.userAuth.validate(call.data));
            return signedIn(await signInWithPassword(signIn, request, call.actor));
          },
        },
      },
    },
    {
      path: '/v2/user_auth/:token',
      methods: {
        GET: {
          access: 'token',
          summary: "What signing in answered, for the caller's own token",
          handle(call) {
            const identity = identityOf(call);
            if (call.parameters['token'] !== identity.token)
              return Promise.reject(
                new CraftportError('auth.forbidden', 'A token can only ask about itself'),
              );
            return Promise.resolve({
              data: sessionDocument(identity.account, identity.userId),
              revision: 'automatic',
            });
          },
        },
      },
    },
    {
      path: '/v2/token_auth',
      methods: {
        GET: {
          access: 'token',
          summary: 'What the token stands for',
          handle: (call) =>
            Promise.resolve({ data: tokenDocument(identityOf(call)), revision: 'automatic' }),
        },
        DELETE: {
          access: 'token',
          role: 'read_only',
          summary: 'Sign out: the token is refused from now on',
          async handle(call) {
            await signOut(signIn.storage, identityOf(call), call.actor);
            return { authToken: null };
          },
        },
      },
    },
    {
      path: '/v2/auth',
      methods: {
        PUT: {
          access: 'token',
          role: 'read_only',
          summary: 'A new token for the same identity: {"action":"refresh_token"}',
          async handle(call) {
            assertRefresh(call);
            return signedIn(await refreshSession(signIn, identityOf(call)));
          },
        },
      },
    },
  ];
}

function signedIn({ token, document }: SignedIn): Reply {
  return {
    data: document,
    revision: 'automatic',
    authToken: token,
    // Crossbar says so of a sign-in; clients written from its pages may look.
    envelope: { page_size: 1 },
  };
}

function toPasswordSignIn(data: JsonObject): PasswordSignIn {
  const realm = data['account_realm'] ?? data['realm'];
  const { account_name: accountName, phone_number: phoneNumber } = data;
  return {
    credentials: textOf(data['credentials']),
    method: data['method'] === 'sha' ? 'sha' : 'md5',
    ...(typeof realm === 'string' ? { realm } : {}),
    ...(typeof accountName === 'string' ? { accountName } : {}),
    ...(typeof phoneNumber === 'string' ? { phoneNumber } : {}),
  };
}

function assertRefresh(call: Call): void {
  const action = Array.isArray(call.data) ? undefined : (call.data as JsonObject)['action'];
  if (action === undefined)
    throw invalidFields({
      action: { required: { message: 'Field is required but missing', value: 'action' } },
    });
  if (action !== 'refresh_token')
    throw invalidFields({
      action: {
        enum: {
          message: 'Value not found in enumerated list of values',
          target: ['refresh_token'],
          value: action,
        },
      },
    });
}

/** The pipeline lets nobody through to these endpoints without one. */
function identityOf(call: Call): Identity {
  if (call.identity === undefined) throw new TypeError('The endpoint needs an identity');
  return call.identity;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
