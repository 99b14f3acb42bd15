// The composition root: builds every part, starts them in order and stops them in order.

import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { createApiKeyHash, createPasswordHashing } from './account/credentials.ts';
import type { Identity } from './account/account.ts';
import { newPairingCode, newSignInCode, OneTimeCodes } from './account/one-time-codes.ts';
import { createTokens } from './account/tokens.ts';
import { buildApi } from './api.ts';
import { systemClock } from './base/clock.ts';
import { CraftportError, isCode } from './base/error.ts';
import { systemTimers } from './base/timers.ts';
import { newId } from './base/ids.ts';
import type { Logger } from './base/logger.ts';
import { isLoopback, type ListenAddress, type TlsUse, urlOf } from './config/agent-config.ts';
import { packageRoot, programVersion } from './config/package-root.ts';
import { readPcre2Binary } from './config/pcre2-binary.ts';
import { announce } from './discovery/announcement.ts';
import { buildGear } from './gear-wiring.ts';
import { plugDemoCables, startDemoGear } from './demo-gear.ts';
import { buildGearLines } from './gear-lines.ts';
import type { GearFamily } from './gear/gear-family.ts';
import { gearFamilies } from './gear-drivers.ts';
import { mountConsole } from './http/console.ts';
import { type AgentFacts, nodeIdOf } from './http/envelope.ts';
import { EventStream } from './http/event-stream.ts';
import { mountHealth } from './http/health.ts';
import { closeListener, openListener } from './http/listener.ts';
import { answerMalformedRequests, withReadableTargets } from './http/malformed-requests.ts';
import { mountApi } from './http/pipeline.ts';
import { createSignInLimit } from './http/sign-in-limit.ts';
import { JobRunner } from './job/runner.ts';
import { ensureCertificate } from './secret/certificate.ts';
import { credentialsFileAt } from './secret/credentials-file.ts';
import { pooledRandomBytes } from './secret/random-pool.ts';
import { loadSecretKey } from './secret/secret-key.ts';
import { createSealer } from './secret/sealing.ts';
import { AlarmLog } from './service/alarms.ts';
import { type Authenticator, createAuthenticator } from './service/authenticate.ts';
import { createJobStore } from './service/job-work.ts';
import { loadDemoSite } from './service/demo-site.ts';
import { ensureMasterAccount } from './service/first-start.ts';
import { PairingService } from './service/pairing.ts';
import { Settings } from './service/settings.ts';
import { type SignInContext, signInWithPassword } from './service/sign-in.ts';
import { DEMO_RESOURCES } from './sim/demo-resources.ts';
import { dataDirAt, lockDataDir } from './store/data-dir.ts';
import { Store } from './store/store.ts';
import { loadSchemaCatalog } from './validation/schema-catalog.ts';

export interface AgentOptions {
  readonly dataDir: string;
  readonly listen: ListenAddress;
  /** Whether HTTPS is served: off loopback (`auto`), or always. */
  readonly tls: TlsUse;
  /** Whether an agent off loopback announces itself by mDNS. */
  readonly announce: boolean;
  /** Fill an empty store with the demo site's resources. */
  readonly demo: boolean;
  readonly logger: Logger;
  /** Other drivers than those that ship. */
  readonly families?: readonly GearFamily[];
}

export interface RunningAgent {
  /** `http://127.0.0.1:8000`, with the port it really has. */
  readonly url: string;
  readonly masterAccountId: string;
  /** SHA-256 of its certificate, `AB:CD:…`; undefined without TLS. */
  readonly fingerprint: string | undefined;
  /** A link that signs one browser in, once, within ten minutes. */
  issueSignInLink(): string;
  /** A code that pairs one desktop, once, within ten minutes. */
  issuePairingCode(): string;
  /** Stops intake, finishes what was accepted and closes the files. Twice is fine. */
  stop(): Promise<void>;
}

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
  const [clock, random] = [systemClock, pooledRandomBytes];
  const dir = dataDirAt(options.dataDir);
  const lock = await lockDataDir(dir);
  started.push(() => lock.release());

  // A new key beside an old database would lock every stored password away for good.
  const secretKey = await loadSecretKey(dir.secretKey, !existsSync(dir.database));
  const sealer = createSealer(secretKey.derive('documents'));
  const storage = await Store.open({
    dir,
    sealer,
    clock,
    random,
    reportBug: (error) => logger.error(() => 'a listener of the store failed', { error }),
  });
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

  const catalog = loadSchemaCatalog(join(packageRoot, 'schemas'));
  const settings = await Settings.load({
    storage,
    schemas: catalog,
    logger: logger.child('settings'),
  });
  const signIn: SignInContext = {
    storage,
    tokens,
    passwords,
    hashApiKey,
    limit,
    clock,
    logger: logger.child('sign-in'),
    get tokenLifeS() {
      return settings.get('crossbar.auth').token_life_s;
    },
  };
  const events = new EventStream({
    events: storage.read.events,
    onEvents: (listener) => storage.onEvents(listener),
    pathOf: async (id) => (await storage.read.accounts.load(id))?.path,
    isStillGood: (identity) => isStillGood(authenticator, identity),
    clock,
    logger: logger.child('events'),
  });
  await events.start();
  started.push(() => events.stop());
  // One agent works on a data directory (its lock says so), so any earlier instance is dead.
  const runnerIdentity = { agent: 'agent', instance: newId(random) };
  const runner = new JobRunner({
    store: createJobStore(storage),
    identity: runnerIdentity,
    settings: () => {
      const { job_recover_timeout_s, job_recover_threshold_s } = settings.get('crossbar.resources');
      return {
        jobRecoverTimeoutS: job_recover_timeout_s,
        jobRecoverThresholdS: job_recover_threshold_s,
      };
    },
    clock,
    timers: systemTimers,
    logger: logger.child('jobs'),
  });
  const alarms = await AlarmLog.load({
    storage,
    validator: catalog.validator('alarm_acknowledgements'),
    clock,
    random,
  });
  const ownNames = ownHostNames();
  const isSecure = options.tls === 'always' || !isLoopback(options.listen.host);
  const tls = isSecure
    ? await ensureCertificate(dir.certificate, [...ownNames, 'localhost', ...ownAddresses()])
    : undefined;
  const pairing = new PairingService({
    signIn,
    codes: new OneTimeCodes(clock, () => newPairingCode(random)),
    random,
    fingerprint: tls?.fingerprint,
  });
  const lines = buildGearLines({
    auditFolder: dir.audit,
    clock,
    timers: systemTimers,
    logger,
    identify: (token) => authenticator.identify(token),
    nameOf: (identity) => personName(storage, identity),
    ownNames,
  });
  started.push(() => lines.stop());
  const gear = buildGear({
    storage,
    catalog,
    families: options.families ?? gearFamilies(lines.lines, clock),
    alarms,
    clock,
    timers: systemTimers,
    random,
    logger,
    publish: (key, make) => events.publish(key, make),
  });
  started.push(() => gear.stop());
  const facts: AgentFacts = {
    node: nodeIdOf(`craftport@${hostname()}`),
    version: programVersion,
    nowMs: () => clock.nowMs(),
  };
  const api = buildApi({
    runner,
    runnerIdentity,
    alarms,
    gearRoutes: [...gear.routes, ...lines.routes],
    gearCounts: () => gear.counts(),
    timers: systemTimers,
    logger,
    storage,
    catalog,
    settings,
    signIn,
    authenticator,
    events,
    random,
    pairing,
    databaseFile: dir.database,
    version: programVersion,
    startedMs: clock.nowMs(),
    fingerprint: tls?.fingerprint,
    loadPcre2: readPcre2Binary,
  });
  started.push(() => api.stop());
  if (options.demo) await loadDemoSite(storage, api.resources, master.id, DEMO_RESOURCES);

  if (options.demo) started.push(await startDemoGear(storage, gear, random, clock));
  await gear.start();
  if (options.demo) await plugDemoCables(gear);

  const codes = new OneTimeCodes(clock, () => newSignInCode(random));
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  mountHealth(app, programVersion);
  mountConsole(app, {
    packageRoot,
    isSecure,
    ownNames,
    async redeemSignInCode(code) {
      if (!codes.redeem(code)) return undefined;
      const subject = { accountId: master.id, method: 'console', role: 'admin' } as const;
      const issued = await tokens.issue(subject, clock.nowMs(), CONSOLE_SESSION_S);
      return { token: issued.token, lifeS: CONSOLE_SESSION_S };
    },
    async signIn({ account, credentials, remote }) {
      // One box for both: a realm is looked for first, then a name.
      const request = { credentials, method: 'md5', realm: account, accountName: account } as const;
      const actor = { method: 'none', remote, requestId: newId(random) } as const;
      const { token } = await signInWithPassword(signIn, request, actor);
      return { token, lifeS: signIn.tokenLifeS };
    },
  });
  mountApi(app, api.routes, {
    services: api.services,
    agent: facts,
    random,
    ownNames,
    logger: logger.child('http'),
    observe: (request) => api.observe(request),
    defaultPageSize: () => api.defaultPageSize(),
  });
  const { host } = options.listen;
  const server = await openListener(app, withReadableTargets(app, facts, random), {
    ...options.listen,
    url: urlOf(options.listen, isSecure),
    tls,
  });
  lines.mountConsole(server);
  started.push(() => closeListener(server));
  // A socket that became a console's is none of the server's, which would wait for it.
  started.push(() => lines.closeConsoles());
  answerMalformedRequests(server, facts, random);
  // Stopped first: its last batch ends while replies are still drained.
  started.push(() => runner.stop());
  await runner.start();
  api.start();
  const { port } = server.address() as AddressInfo;
  const url = urlOf({ host, port }, isSecure);
  await lock.tellUrl(url);
  if (tls !== undefined && options.announce && !isLoopback(host)) {
    const { fingerprint } = tls;
    const announcement = await announce(
      { host: hostname(), port, fingerprint, version: programVersion },
      logger.child('discovery'),
    );
    started.push(() => announcement.stop());
  }
  // Compiling the schema takes about 80 ms; the first request must not be the one to wait.
  setImmediate(() => catalog.validator('resources').validate({ name: 'warm-up', gateways: [] }));
  logger.info(() => 'ready', {
    url,
    dataDir: dir.path,
    version: programVersion,
    ...(tls === undefined ? {} : { fingerprint: tls.fingerprint }),
  });
  return {
    url,
    masterAccountId: master.id,
    fingerprint: tls?.fingerprint,
    issueSignInLink: () => `${url}/sign-in?code=${codes.issue()}`,
    issuePairingCode: () => pairing.issue().code,
    stop: stopAll,
  };
}

/** The machine's name, alone and as mDNS has it. */
function ownHostNames(): readonly string[] {
  const name = hostname().toLowerCase().split('.', 1)[0] ?? '';
  return /^[a-z0-9-]+$/.test(name) ? [name, `${name}.local`] : [];
}

/** For the certificate; a browser that is told to trust it then has no further complaint. */
function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address }) => address);
}

async function isStillGood(authenticator: Authenticator, identity: Identity): Promise<boolean> {
  try {
    await authenticator.identify(identity.token);
    return true;
  } catch (error) {
    if (isCode(error, 'auth.bad-token')) return false;
    throw error;
  }
}

/** What others call who works on a console. */
async function personName(storage: Store, identity: Identity): Promise<string> {
  const { userId, account, method } = identity;
  if (userId === undefined) return method === 'cb_api_auth' ? 'an API key' : `the ${method} admin`;
  return (await storage.read.users.load(account.id, userId))?.username ?? userId;
}
