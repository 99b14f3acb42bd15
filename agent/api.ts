// Puts services and routes together: what the API consists of, in the order paths are tried.

import { type Account, isMasterAccount } from './account/account.ts';
import type { Authenticator } from './service/authenticate.ts';
import { createBasicSignIn } from './service/basic-sign-in.ts';
import type { RandomBytes } from './base/ids.ts';
import type { Logger } from './base/logger.ts';
import { strictWhile } from './document/validate.ts';
import { alarmRoutes } from './http/alarm-routes.ts';
import { accountRoutes } from './http/account-routes.ts';
import { auditRoutes } from './http/audit-routes.ts';
import { authRoutes } from './http/auth-routes.ts';
import { eventRoutes } from './http/event-routes.ts';
import type { EventStream } from './http/event-stream.ts';
import { Metrics, metricsRoutes } from './http/metrics.ts';
import { openApiRoutes } from './http/openapi-routes.ts';
import { pairingRoutes } from './http/pairing-routes.ts';
import type { ObservedRequest, PipelineServices } from './http/pipeline.ts';
import { jobRoutes } from './http/job-routes.ts';
import { numberRoutes } from './http/number-routes.ts';
import { resourceCollectionRoutes } from './http/resource-collection-routes.ts';
import { resourceList, resourceRoutes, type WarningsOf } from './http/resource-routes.ts';
import type { Route } from './http/route.ts';
import { routeEvaluationRoutes } from './http/route-evaluation-routes.ts';
import { schemaRoutes } from './http/schema-routes.ts';
import { selectorRoutes } from './http/selector-routes.ts';
import { settingRoutes } from './http/setting-routes.ts';
import { databaseSize } from './http/database-size.ts';
import { type GearCounts, siteRoutes } from './http/site-routes.ts';
import { templateRoutes } from './http/template-routes.ts';
import { userRoutes } from './http/user-routes.ts';
import { ownerOf, type RunnerIdentity } from './job/recovery.ts';
import type { Timers } from './base/timers.ts';
import type { JobRunner } from './job/runner.ts';
import { Numbers } from './number/numbers.ts';
import { readDialPlan, readNumberTables } from './number/tables.ts';
import { PatternCache } from './pattern/pattern-cache.ts';
import type { LoadPcre2 } from './pattern/pcre2-host.ts';
import { warmUp } from './routing/warm-up.ts';
import { ruleWarnings } from './routing/warnings.ts';
import { AccountService } from './service/accounts.ts';
import type { AlarmLog } from './service/alarms.ts';
import { EmergencyReach, emergencyRouteSets } from './service/emergency-reach.ts';
import { JobService } from './service/jobs.ts';
import type { PairingService } from './service/pairing.ts';
import { NumberService } from './service/numbers.ts';
import { ResourceCollections } from './service/resource-collection.ts';
import { SelectorService } from './service/resource-selectors.ts';
import { TemplateService } from './service/resource-templates.ts';
import { ResourceService } from './service/resources.ts';
import { RouteSets } from './service/route-sets.ts';
import { RouteService } from './service/routes.ts';
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
  readonly pairing: PairingService;
  readonly events: EventStream;
  readonly random: RandomBytes;
  /** Path of the database, for its size in the metrics. */
  readonly databaseFile: string;
  readonly version: string;
  readonly startedMs: number;
  /** Of the certificate, where there is one. */
  readonly fingerprint: string | undefined;
  readonly runner: JobRunner;
  readonly alarms: AlarmLog;
  /** Gear, spans and cables (gear-wiring.ts). */
  readonly gearRoutes: readonly Route[];
  readonly gearCounts: () => GearCounts;
  readonly runnerIdentity: RunnerIdentity;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Reads PCRE2's binary, when the first pattern needs it. */
  readonly loadPcre2: LoadPcre2;
}

export interface Api {
  readonly routes: readonly Route[];
  readonly services: PipelineServices;
  readonly resources: ResourceService;
  observe(request: ObservedRequest): void;
  /** Rows of a page when the client does not say. */
  defaultPageSize(): number;
  /** Begins the standing checks. */
  start(): void;
  /** Stops listening to the store, and the checks. */
  stop(): Promise<void>;
}

export function buildApi(parts: ApiParts): Api {
  const { storage, catalog, settings, signIn, authenticator, events, random } = parts;
  const { passwords, hashApiKey } = signIn;
  const isStrict = () => settings.get('crossbar').schema_strict_validation;
  const validator = (name: string) => strictWhile(catalog.validator(name), isStrict);
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
  const patterns = new PatternCache(parts.loadPcre2);
  const routing = {
    storage,
    settings: () => ({
      stepswitch: settings.get('stepswitch'),
      numberManager: settings.get('number_manager'),
    }),
    onSettings: (listener: () => void) => settings.onChange(listener),
  };
  const nowMs = () => performance.now();
  const sets = new RouteSets({ ...routing, patterns, warmUp: (set) => warmUp(set, nowMs) });
  const emergencySets = emergencyRouteSets({ ...routing, patterns });
  const routes = new RouteService({
    sets,
    random: Math.random,
    nowMs,
    loadAccount: (id) => storage.read.accounts.load(id),
    findAccountByRealm: (realm) => storage.read.accounts.findByRealm(realm),
  });
  const emergencyReach = new EmergencyReach({
    storage,
    loadSet: (accountId) => emergencySets.load(accountId),
    numberSettings: () => settings.get('number_manager'),
    onSettings: (listener) => settings.onChange(listener),
    alarms: parts.alarms,
    timers: parts.timers,
    logger: parts.logger.child('emergency-reach'),
  });
  const numbers = memoize(
    () => settings.get('number_manager'),
    (tables) => new Numbers(readNumberTables(tables), patterns),
  );
  const warningsOf: WarningsOf = (doc) =>
    ruleWarnings(doc, { patterns, numbers: numbers() }).map((warning) => ({ ...warning }));
  const { clock } = signIn;
  const rulesOf = (account: Account): Numbers => {
    const plan = readDialPlan(account.doc['dial_plan']);
    return plan.length === 0 ? numbers() : new Numbers(numbers().text, patterns, plan);
  };
  const mayAdd = (holder: Account): boolean =>
    isMasterAccount(holder) || settings.get('number_manager').accounts_may_add_numbers;
  const jobs = new JobService({
    storage,
    validator: validator('resource_jobs'),
    clock,
    random,
    rules: rulesOf,
    mayAdd,
    owner: ownerOf(parts.runnerIdentity),
    runner: parts.runner,
  });
  const phoneNumbers = new NumberService({
    storage,
    validator: validator('phone_numbers'),
    rules: rulesOf,
    mayAdd,
  });
  const metrics = new Metrics({
    store: () => storage.counters,
    events: () => events.counters,
    databaseFile: parts.databaseFile,
    version: parts.version,
  });
  const selectors = new SelectorService({ storage, schemas: catalog, random });
  const templates = new TemplateService({ storage, schemas: catalog, random });
  const documented = [
    ...authRoutes({
      signIn,
      validators: { apiAuth: validator('api_auth'), userAuth: validator('user_auth') },
    }),
    ...pairingRoutes(parts.pairing, validator('pairing')),
    ...resourceCollectionRoutes({
      collections,
      warningsOf,
      collectionReply: () => settings.get('crossbar.resources').collection_reply,
      list: (accountId) => resourceList(resources, accountId),
    }),
    ...jobRoutes({ jobs, clock }),
    ...numberRoutes(phoneNumbers),
    ...resourceRoutes(resources, warningsOf),
    ...routeEvaluationRoutes(routes),
    ...accountRoutes(accounts, signIn),
    ...userRoutes(users, signIn),
    ...selectorRoutes(selectors),
    ...templateRoutes(templates),
    ...schemaRoutes(catalog),
    ...settingRoutes(settings),
    ...parts.gearRoutes,
    ...alarmRoutes(parts.alarms),
    ...auditRoutes(storage.read.audit),
    ...eventRoutes(events),
    ...metricsRoutes(metrics),
    ...siteRoutes({
      version: parts.version,
      clock,
      alarms: parts.alarms,
      jobs: storage.read.jobs,
      gear: parts.gearCounts,
      startedMs: parts.startedMs,
      fingerprint: parts.fingerprint,
      disk: () => databaseSize(parts.databaseFile),
    }),
  ];
  return {
    resources,
    routes: [...documented, ...openApiRoutes(documented, catalog, parts.version)],
    observe: (request) => metrics.observe(request),
    defaultPageSize: () => settings.get('crossbar').pagination_page_size,
    start: () => emergencyReach.start(),
    async stop() {
      const checked = emergencyReach.stop();
      sets.stop();
      emergencySets.stop();
      await checked;
    },
    services: {
      identify: (credential, actor) =>
        credential.kind === 'basic'
          ? basicSignIn(credential.accountId, credential.credentials, actor)
          : authenticator.identify(credential.token),
      loadAccount: (id) => authenticator.loadAccount(id),
    },
  };
}

/** What `make` makes of the present `input`, made again only when that is another. */
function memoize<Input extends object, Output>(
  input: () => Input,
  make: (input: Input) => Output,
): () => Output {
  let last: { readonly input: Input; readonly output: Output } | undefined;
  return () => {
    const present = input();
    if (last?.input !== present) last = { input: present, output: make(present) };
    return last.output;
  };
}
