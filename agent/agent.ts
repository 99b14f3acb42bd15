// The composition root: builds every part, starts them in order and stops them in order.

import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import express, { type Express } from 'express';
import { createApiKeyHash, createPasswordHashing } from './account/credentials.ts';
import { SignInCodes } from './account/sign-in-codes.ts';
import { createTokens, DEFAULT_TOKEN_LIFE_S } from './account/tokens.ts';
import { systemClock } from './base/clock.ts';
import { CraftportError } from './base/error.ts';
import type { Logger } from './base/logger.ts';
import { type ListenAddress, urlOf } from './config/agent-config.ts';
import { packageRoot, programVersion } from './config/package-root.ts';
import { authRoutes } from './http/auth-routes.ts';
import { mountConsole } from './http/console.ts';
import { nodeIdOf } from './http/envelope.ts';
import { mountHealth } from './http/health.ts';
import { mountApi } from './http/pipeline.ts';
import { resourceCollectionRoutes } from './http/resource-collection-routes.ts';
import { resourceList, resourceRoutes } from './http/resource-routes.ts';
import { createSignInLimit } from './http/sign-in-limit.ts';
import { credentialsFileAt } from './secret/credentials-file.ts';
import { loadSecretKey } from './secret/secret-key.ts';
import { createSealer } from './secret/sealing.ts';
import { createAuthenticator } from './service/authenticate.ts';
import { createBasicSignIn } from './service/basic-sign-in.ts';
import { loadDemoSite } from './service/demo-site.ts';
import { ensureMasterAccount } from './service/first-start.ts';
import { ResourceCollections } from './service/resource-collection.ts';
import { ResourceService } from './service/resources.ts';
import type { SignInContext } from './service/sign-in.ts';
import { DEMO_RESOURCES } from './sim/demo-resources.ts';
import { dataDirAt, lockDataDir } from './store/data-dir.ts';
import { Store } from './store/store.ts';
import { loadSchemaCatalog } from './validation/schema-catalog.ts';

export interface AgentOptions {
  readonly dataDir: string;
  readonly listen: ListenAddress;
  /** Fill an empty store with the demo site's resources. */
  readonly demo: boolean;
  readonly logger: Logger;
}

export interface RunningAgent {
  /** `http://127.0.0.1:8000`, with the port it really has. */
  readonly url: string;
  readonly masterAccountId: string;
  /** A link that signs one browser in, once, within ten minutes. */
  issueSignInLink(): string;
  /** Stops intake, finishes what was accepted and closes the files. Twice is fine. */
  stop(): Promise<void>;
}

/** How long open requests may take to finish before their connections are cut. */
const DRAIN_MS = 2_000;
const CONSOLE_SESSION_S = 12 * 3600;

/**
 * Starts an agent; it is ready when the promise resolves.
 * @throws config.data-dir-in-use, config.data-dir-unusable, config.port-taken, store.*
 */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  // Whatever started is stopped again, last first, when a later step fails.
  const started: (() => Promise<void> | void)[] = [];
  const stopAll = async (): Promise<void> => {
    for (let stop = started.pop(); stop !== undefined; stop = started.pop()) await stop();
  };
  try {
    return await build(options, started, stopAll);
  } catch (error) {
    await stopAll();
    throw error;
  }
}

async function build(
  options: AgentOptions,
  started: (() => Promise<void> | void)[],
  stopAll: () => Promise<void>,
): Promise<RunningAgent> {
  const { logger } = options;
  const [clock, random] = [systemClock, randomBytes];
  const dir = dataDirAt(options.dataDir);
  const lock = await lockDataDir(dir);
  started.push(() => lock.release());

  const secretKey = await loadSecretKey(dir.secretKey, true);
  const sealer = createSealer(secretKey.derive('documents'));
  const storage = await Store.open({ dir, sealer, clock, random });
  started.push(() => storage.close());

  const passwords = createPasswordHashing(secretKey.derive('passwords'));
  const hashApiKey = createApiKeyHash(secretKey.derive('api-keys'));
  const file = credentialsFileAt(dir.credentials);
  await ensureMasterAccount({ storage, file, passwords, hashApiKey, random });
  const master = await storage.read.accounts.loadMaster();
  if (master === undefined) throw new CraftportError('store.corrupt', 'No master account');

  const tokens = createTokens(secretKey.derive('tokens'), random);
  const authenticator = createAuthenticator({ storage, tokens, clock });
  started.push(() => authenticator.stop());
  const limit = createSignInLimit();
  started.push(() => limit.stop());

  const signIn: SignInContext = {
    storage,
    tokens,
    passwords,
    hashApiKey,
    limit,
    clock,
    logger: logger.child('sign-in'),
    tokenLifeS: DEFAULT_TOKEN_LIFE_S,
  };
  const basicSignIn = createBasicSignIn(signIn, authenticator);

  const catalog = loadSchemaCatalog(join(packageRoot, 'schemas'));
  const resourceOptions = { storage, validator: catalog.validator('resources'), random };
  const resources = new ResourceService({ ...resourceOptions, allowPeers: () => false });
  if (options.demo) await loadDemoSite(storage, resources, master.id, DEMO_RESOURCES);

  const codes = new SignInCodes(clock, random);
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  mountHealth(app, programVersion);
  mountConsole(app, {
    packageRoot,
    async redeemSignInCode(code) {
      if (!codes.redeem(code)) return undefined;
      const subject = { accountId: master.id, method: 'console', role: 'admin' } as const;
      const issued = await tokens.issue(subject, clock.nowMs(), CONSOLE_SESSION_S);
      return { token: issued.token, lifeS: CONSOLE_SESSION_S };
    },
  });
  mountApi(
    app,
    [
      ...authRoutes({
        signIn,
        validators: {
          apiAuth: catalog.validator('api_auth'),
          userAuth: catalog.validator('user_auth'),
        },
      }),
      ...resourceCollectionRoutes({
        collections: new ResourceCollections(resourceOptions),
        warningsOf: () => [],
        collectionReply: () => 'documented',
        list: (accountId) => resourceList(resources, accountId),
      }),
      ...resourceRoutes(resources, () => []),
    ],
    {
      services: {
        identify: (credential, actor) =>
          credential.kind === 'basic'
            ? basicSignIn(credential.accountId, credential.credentials, actor)
            : authenticator.identify(credential.token),
        loadAccount: (id) => authenticator.loadAccount(id),
      },
      agent: {
        node: nodeIdOf(`craftport@${hostname()}`),
        version: programVersion,
        nowMs: () => clock.nowMs(),
      },
      random,
      logger: logger.child('http'),
    },
  );
  const server = await listen(app, options.listen);
  started.push(() => closeServer(server));
  const { port } = server.address() as AddressInfo;
  const url = urlOf({ host: options.listen.host, port });
  // Compiling the schema takes about 80 ms; the first request must not be the one to wait.
  setImmediate(() => catalog.validator('resources').validate({ name: 'warm-up', gateways: [] }));
  logger.info(() => 'ready', { url, dataDir: dir.path, version: programVersion });
  return {
    url,
    masterAccountId: master.id,
    issueSignInLink: () => `${url}/sign-in?code=${codes.issue()}`,
    stop: stopAll,
  };
}

/** @throws config.port-taken */
async function listen(app: Express, address: ListenAddress): Promise<Server> {
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const where = urlOf(address);
      reject(
        cause.code === 'EADDRINUSE'
          ? new CraftportError('config.port-taken', `${where} is taken by another program`, {
              cause,
            })
          : new CraftportError(
              'config.invalid',
              `${where} cannot be listened on: ${cause.message}`,
              {
                cause,
              },
            ),
      );
    });
    server.listen(address.port, address.host, resolve);
  });
  return server;
}

/** Answers what is under way, then cuts what is left. */
async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(cut);
}
