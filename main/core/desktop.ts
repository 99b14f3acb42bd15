// The desktop without its windows: the site book, the vault, the pins and the connections behind
// the channels of schemas/ipc.ts. Plain Node; what only Electron can do comes in as functions.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CraftportError, isCode } from '../../agent/base/error.ts';
import { newId } from '../../agent/base/ids.ts';
import { isJsonObject, type JsonObject } from '../../agent/base/json.ts';
import type {
  IpcDiscoveredAgent,
  IpcPush,
  IpcSite,
  IpcSiteHealth,
  IpcSitesHealth,
} from '../../schemas/ipc.ts';
import { type AgentTarget, probeAgent } from './agent-request.ts';
import { type Browse, Discovery } from './discovery.ts';
import { Exchanges } from './exchanges.ts';
import { createIpcGate, type IpcGate, type IpcHandlers } from './ipc-gate.ts';
import { mayOpenExternally } from './link-policy.ts';
import { type BookedSite, isLoopbackHost, readAddress, SiteBook } from './site-book.ts';
import { LastKnown } from './last-known.ts';
import { readFacts } from './site-facts.ts';
import { putJson, readText, refusalOf, SiteSession } from './site-session.ts';
import { type SiteAnswer, SiteWatch } from './site-watch.ts';
import { TrustStore } from './trust-store.ts';
import { newerThan, standingOf } from './update-policy.ts';
import { type SafeStorage, type SiteSecret, Vault } from './vault.ts';

export interface DesktopOptions {
  /** Where its files are. */
  readonly folder: string;
  readonly safeStorage: SafeStorage;
  /** What agents call this desktop in their list of users. */
  readonly deviceName: string;
  /** This program's. */
  readonly version: string;
  push(push: IpcPush): void;
  openExternal(url: string): Promise<void>;
  /** @returns false when the person changed their mind */
  saveFile(name: string, text: string): Promise<boolean>;
  writeClipboard(text: string): void;
  readonly browse: Browse;
  reportBug(error: unknown): void;
}

/** For the whole answer of a watched site. */
const WATCH_MS = 15_000;
/** For its connection: a silent site holds up the others. */
const WATCH_CONNECT_MS = 4_000;

export class Desktop {
  /** The door for the page. */
  readonly gate: IpcGate;
  readonly #options: DesktopOptions;
  readonly #book: SiteBook;
  readonly #trust: TrustStore;
  readonly #vault: Vault;
  readonly #exchanges: Exchanges;
  readonly #discovery: Discovery;
  readonly #watch: SiteWatch;
  readonly #sessions = new Map<string, SiteSession>();

  private constructor(
    options: DesktopOptions,
    book: SiteBook,
    trust: TrustStore,
    vault: Vault,
    known: LastKnown,
  ) {
    this.#options = options;
    this.#book = book;
    this.#trust = trust;
    this.#vault = vault;
    this.#watch = new SiteWatch({
      known,
      sites: () => book.list().map(({ id }) => id),
      ask: (id, signal) => this.#askSite(id, signal),
      tell: (health) => options.push({ kind: 'sites.health', ...this.#healthOf(health) }),
      reportBug: (error) => options.reportBug(error),
    });
    this.#exchanges = new Exchanges((push) => options.push(push));
    this.#discovery = new Discovery(options.browse, (agents: readonly IpcDiscoveredAgent[]) =>
      options.push({ kind: 'discovery.changed', agents }),
    );
    this.gate = createIpcGate(this.#handlers(), (error) => options.reportBug(error));
  }

  /** @throws config.unreadable, config.newer-than-program */
  static async open(options: DesktopOptions): Promise<Desktop> {
    const at = (name: string): string => join(options.folder, name);
    return new Desktop(
      options,
      await SiteBook.open(at('sites.json')),
      await TrustStore.open(at('pins.json')),
      await Vault.open(at('vault.json'), options.safeStorage),
      await LastKnown.open(at('last-known.json')),
    );
  }

  /** Opens a link in the system's browser, if the policy allows; says nothing otherwise. */
  async openLink(url: string): Promise<void> {
    const origins = this.#book.list().map(({ address }) => address);
    if (mayOpenExternally(url, origins)) await this.#options.openExternal(url);
  }

  /** The page is gone or reloading: its exchanges end. */
  forgetPage(): void {
    this.#exchanges.abortAll();
    this.#discovery.stop();
    this.#watch.pause();
  }

  /**
   * Adds a site, after a person compared the fingerprint. The pin is checked before the code
   * leaves this computer.
   */
  async pair(request: {
    readonly address: string;
    readonly fingerprint: string;
    readonly code: string;
    readonly details: Pick<IpcSite, 'name' | 'group' | 'colour' | 'notes'>;
  }): Promise<IpcSite> {
    const address = readAddress(request.address);
    const { fingerprint } = request;
    const target: AgentTarget = { address, pin: fingerprint === '' ? undefined : fingerprint };
    const { deviceName } = this.#options;
    const data = { code: request.code, name: deviceName.slice(0, 128) || 'Desktop' };
    const { status, body } = await putJson(target, '/v2/pairing', data);
    if (status === 401 || status === 400)
      throw new CraftportError('auth.wrong-code', 'The pairing code is wrong, used or too old');
    if (status !== 201) throw refusalOf(status);
    const user = isJsonObject(body['data']) ? body['data'] : {};
    const text = (key: string): string => {
      const value = user[key];
      if (typeof value !== 'string')
        throw new CraftportError('agent.incompatible', 'The agent answered something unknown');
      return value;
    };
    const secret: SiteSecret = {
      account: text('realm'),
      username: text('username'),
      password: text('password'),
      own: { accountId: text('account_id'), userId: text('user_id') },
    };
    // Paired again: the site keeps its place, the earlier user of this desktop is not needed.
    const known = this.#book.list().find((site) => site.address === address);
    const id = known?.id ?? newId(randomBytes);
    const earlier = await this.#vault.load(id).catch(() => undefined);
    if (target.pin !== undefined) await this.#trust.accept(id, target.pin);
    await this.#vault.save(id, secret);
    await this.#book.put({ id, address, ...request.details });
    this.#sessions.delete(id);
    await this.#removeUser(id, earlier);
    this.#tellSites();
    this.#watch.tryNow([id]);
    return this.#siteOf(this.#book.get(id));
  }

  /** Ends what is under way, and keeps what is known of the sites. */
  async stop(): Promise<void> {
    this.forgetPage();
    await this.#watch.stop();
  }

  #handlers(): IpcHandlers {
    const done = null;
    return {
      'sites.list': () => Promise.resolve(this.#sites()),
      'sites.probe': async ({ address }) => {
        const fingerprint = await probeAgent(readAddress(address));
        return fingerprint === undefined ? {} : { fingerprint };
      },
      'sites.pair': (request) => this.pair(request),
      'sites.change': async ({ id, details }) => {
        const { address } = this.#book.get(id);
        await this.#book.put({ id, address, ...details });
        this.#tellSites();
        return this.#siteOf(this.#book.get(id));
      },
      'sites.remove': async ({ id }) => {
        this.#book.get(id);
        await this.#removeUser(id, await this.#vault.load(id).catch(() => undefined));
        await this.#book.remove(id);
        await this.#vault.forget(id);
        await this.#trust.forget(id);
        this.#sessions.delete(id);
        this.#tellSites();
        return done;
      },
      'sites.trust': async ({ id, fingerprint }) => {
        this.#book.get(id);
        await this.#trust.accept(id, fingerprint);
        this.#tellSites();
        this.#watch.tryNow([id]);
        return this.#siteOf(this.#book.get(id));
      },
      'sites.watch': ({ pace }) => {
        this.#watch.start(pace);
        return Promise.resolve(this.#healthOf(this.#watch.list()));
      },
      'sites.tryNow': ({ ids }) => {
        this.#watch.tryNow(ids);
        return Promise.resolve(done);
      },
      'sites.signIn': async ({ id, ...secret }) => {
        await this.#sessionOf(id).signInWith(secret);
        await this.#vault.save(id, secret);
        this.#tellSites();
        this.#watch.tryNow([id]);
        return done;
      },
      'sites.signOut': async ({ id }) => {
        await this.#sessionOf(id).signOut();
        await this.#vault.forget(id);
        this.#tellSites();
        return done;
      },
      'discovery.start': async () => {
        await this.#discovery.start();
        return done;
      },
      'discovery.stop': () => {
        this.#discovery.stop();
        return Promise.resolve(done);
      },
      'agent.send': async (request) => {
        try {
          return await this.#exchanges.send(request, this.#sessionOf(request.siteId));
        } catch (error) {
          this.#noteTrust(request.siteId, error);
          throw error;
        }
      },
      'agent.connect': async (request) => {
        try {
          await this.#exchanges.connect(request, this.#sessionOf(request.siteId));
          return done;
        } catch (error) {
          this.#noteTrust(request.siteId, error);
          throw error;
        }
      },
      'agent.say': ({ exchange, text }) => {
        this.#exchanges.say(exchange, text);
        return Promise.resolve(done);
      },
      'agent.abort': ({ exchange }) => {
        this.#exchanges.abort(exchange);
        return Promise.resolve(done);
      },
      'vault.state': () => this.#vault.state(),
      'vault.acceptWeak': ({ isAccepted }) => this.#vault.acceptWeak(isAccepted),
      'link.open': async ({ url }) => {
        await this.openLink(url);
        return done;
      },
      'file.save': async ({ name, text }) => ({
        isSaved: await this.#options.saveFile(fileNameOf(name), text),
      }),
      'clipboard.write': ({ text }) => {
        this.#options.writeClipboard(text);
        return Promise.resolve(done);
      },
    };
  }

  /** One small request; an agent that does not know it is asked for its version. */
  async #askSite(id: string, signal: AbortSignal): Promise<SiteAnswer> {
    const session = this.#sessionOf(id);
    // Also for an agent that answers a byte a second.
    const limit = AbortSignal.timeout(WATCH_MS);
    const ask = async (path: string): Promise<{ status: number; body: JsonObject }> => {
      const either = AbortSignal.any([signal, limit]);
      const limits = { signal: either, connectMs: WATCH_CONNECT_MS };
      const reply = await session.send({ method: 'GET', path, headers: {}, ...limits });
      return { status: reply.status, body: parseObject(await readText(reply, 100_000)) };
    };
    try {
      const { status, body } = await ask('/v2/site');
      if (status === 401) return { kind: 'signed-out' };
      const facts = readFacts(status === 404 ? (await ask('/healthz')).body : body['data']);
      if (facts !== undefined && (status === 200 || status === 404))
        return { kind: 'facts', facts };
      throw new CraftportError('agent.incompatible', `The agent answered ${String(status)}`);
    } catch (error) {
      this.#noteTrust(id, error);
      if (limit.aborted && !isCode(error))
        throw new CraftportError(
          'agent.unreachable',
          `No whole answer for ${String(WATCH_MS / 1000)} s`,
          { cause: error },
        );
      throw error;
    }
  }

  #healthOf(health: readonly IpcSiteHealth[]): IpcSitesHealth {
    const { version } = this.#options;
    const versions = this.#watch
      .list()
      .flatMap(({ known }) => (known === undefined ? [] : [known.facts.version]));
    const newest = newerThan(version, versions);
    return {
      health: health.map((each) =>
        each.known === undefined
          ? each
          : { ...each, standing: standingOf(each.known.facts.version, version) },
      ),
      update: { version, ...(newest === undefined ? {} : { newest }) },
    };
  }

  #sites(): readonly IpcSite[] {
    return this.#book.list().map((site) => this.#siteOf(site));
  }

  #siteOf(site: BookedSite): IpcSite {
    const pin = this.#trust.pinOf(site.id);
    const isPlain =
      site.address.startsWith('http:') && isLoopbackHost(new URL(site.address).hostname);
    const shown = this.#trust.changedTo(site.id);
    const trust = isPlain
      ? 'plain'
      : shown !== undefined
        ? 'changed'
        : pin === undefined
          ? 'unknown'
          : 'pinned';
    const fingerprint = shown ?? pin;
    return {
      ...site,
      trust,
      ...(fingerprint === undefined ? {} : { fingerprint }),
      isSignedIn: this.#vault.has(site.id),
    };
  }

  #sessionOf(id: string): SiteSession {
    this.#book.get(id);
    const known = this.#sessions.get(id);
    if (known !== undefined) return known;
    const session = new SiteSession({
      target: () => ({ address: this.#book.get(id).address, pin: this.#trust.pinOf(id) }),
      loadSecret: () => this.#vault.load(id),
    });
    this.#sessions.set(id, session);
    return session;
  }

  /** A certificate that is another one is told at once, whichever request met it. */
  #noteTrust(id: string, error: unknown): void {
    if (!isCode(error, 'agent.pin-changed')) return;
    const { shown } = error.detail;
    if (typeof shown !== 'string' || this.#trust.changedTo(id) === shown) return;
    this.#trust.noteChanged(id, shown);
    this.#tellSites();
  }

  /** So that a site that is forgotten here is not open there. An agent out of reach keeps it. */
  async #removeUser(id: string, secret: SiteSecret | undefined): Promise<void> {
    if (secret?.own === undefined) return;
    const { accountId, userId } = secret.own;
    const path = `/v2/accounts/${accountId}/users/${userId}`;
    const signal = AbortSignal.timeout(5_000);
    await this.#sessionOf(id)
      .send({ method: 'DELETE', path, headers: {}, signal, timeoutMs: 5_000 })
      .catch(() => undefined);
  }

  #tellSites(): void {
    this.#watch.follow();
    this.#options.push({ kind: 'sites.changed', sites: this.#sites() });
  }
}

function parseObject(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as unknown;
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** A suggestion for the dialog, never a path. */
function fileNameOf(name: string): string {
  const plain = name.replaceAll(/[\p{Cc}\p{Cf}<>:"/\\|?*]/gu, '_').replace(/^\.+/, '_');
  return plain.slice(0, 120);
}
