// Puts services and routes together: what the API consists of, in the order paths are tried.

import type { Authenticator } from './service/authenticate.ts';
import { createBasicSignIn } from './service/basic-sign-in.ts';
import type { RandomBytes } from './base/ids.ts';
import { accountRoutes } from './http/account-routes.ts';
import { auditRoutes } from './http/audit-routes.ts';
import { authRoutes } from './http/auth-routes.ts';
import { eventRoutes } from './http/event-routes.ts';
import type { EventStream } from './http/event-stream.ts';
import type { PipelineServices } from './http/pipeline.ts';
import { resourceCollectionRoutes } from './http/resource-collection-routes.ts';
import { resourceList, resourceRoutes } from './http/resource-routes.ts';
import type { Route } from './http/route.ts';
import { schemaRoutes } from './http/schema-routes.ts';
import { settingRoutes } from './http/setting-routes.ts';
import { userRoutes } from './http/user-routes.ts';
import { AccountService } from './service/accounts.ts';
import { ResourceCollections } from './service/resource-collection.ts';
import { ResourceService } from './service/resources.ts';
import type { Settings } from './service/settings.ts';
import type { SignInContext } from './service/sign-in.ts';
import { UserService } from './service/users.ts';
import type { Store } from './store/store.ts';
import type { SchemaCatalog } from './validation/schema-catalog.ts';

export interface ApiParts {
  readonly storage: Store;
  readonly catalog: SchemaCatalog;
  readonly settings: Settings;
  readonly signIn: SignInContext;
  readonly authenticator: Authenticator;
  readonly events: EventStream;
  readonly random: RandomBytes;
}

export interface Api {
  readonly routes: readonly Route[];
  readonly services: PipelineServices;
  readonly resources: ResourceService;
}

export function buildApi(parts: ApiParts): Api {
  const { storage, catalog, settings, signIn, authenticator, events, random } = parts;
  const { passwords, hashApiKey } = signIn;
  const validator = (name: string) => catalog.validator(name);
  const resources = new ResourceService({
    storage,
    validator: validator('resources'),
    random,
    allowPeers: () => settings.get('crossbar.resources').allow_peers,
  });
  const collections = new ResourceCollections({
    storage,
    validator: validator('resources'),
    random,
  });
  const accounts = new AccountService({
    storage,
    validator: validator('accounts'),
    random,
    hashApiKey,
  });
  const users = new UserService({ storage, validator: validator('users'), passwords, random });
  const basicSignIn = createBasicSignIn(signIn, authenticator);
  const warningsOf = () => [];
  return {
    resources,
    services: {
      identify: (credential, actor) =>
        credential.kind === 'basic'
          ? basicSignIn(credential.accountId, credential.credentials, actor)
          : authenticator.identify(credential.token),
      loadAccount: (id) => authenticator.loadAccount(id),
    },
    routes: [
      ...authRoutes({
        signIn,
        validators: { apiAuth: validator('api_auth'), userAuth: validator('user_auth') },
      }),
      ...resourceCollectionRoutes({
        collections,
        warningsOf,
        collectionReply: () => settings.get('crossbar.resources').collection_reply,
        list: (accountId) => resourceList(resources, accountId),
      }),
      ...resourceRoutes(resources, warningsOf),
      ...accountRoutes(accounts, signIn),
      ...userRoutes(users, signIn),
      ...schemaRoutes(catalog),
      ...settingRoutes(settings),
      ...auditRoutes(storage.read.audit),
      ...eventRoutes(events),
    ],
  };
}
