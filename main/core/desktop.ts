// The desktop without its windows: the site book, the vault, the pins and the connections behind
// the channels of schemas/ipc.ts. Plain Node; what only Electron can do comes in as functions.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CraftportError, isCode } from '../../agent/base/error.ts';
import { newId } from '../../agent/base/ids.ts';
import { isJsonObject } from '../../agent/base/json.ts';
import type { IpcDiscoveredAgent, IpcPush, IpcSite } from '../../schemas/ipc.ts';
import { type AgentTarget, probeAgent } from './agent-request.ts';
import { type Browse, Discovery } from './discovery.ts';
import { Exchanges } from './exchanges.ts';
import { createIpcGate, type IpcGate, type IpcHandlers } from './ipc-gate.ts';
import { mayOpenExternally } from './link-policy.ts';
import { type BookedSite, isLoopbackHost, readAddress, SiteBook } from './site-book.ts';
import { putJson, refusalOf, SiteSession } from './site-session.ts';
import { TrustStore } from './trust-store.ts';
import { type SafeStorage, type SiteSecret, Vault } from './vault.ts';

export interface DesktopOptions {
  /** Where its files are. */
  readonly folder: string;
  readonly safeStorage: SafeStorage;
  /** What agents call this desktop in their list of users. */
  readonly deviceName: string;
  push(push: IpcPush): void;
  openExternal(url: string): Promise<void>;
  /** @returns false when the person changed their mind */
  saveFile(name: string, text: string): Promise<boolean>;
  writeClipboard(text: string): void;
  readonly browse: Browse;
  reportBug(error: unknown): void;
}

export class Desktop {
  /** The door for the page. */
  readonly gate: IpcGate;
  readonly #options: DesktopOptions;
  readonly #book: SiteBook;
  readonly #trust: TrustStore;
  readonly #vault: Vault;
  readonly #exchanges: Exchanges;
  readonly #discovery: Discovery;
  readonly #sessions = new Map<string, SiteSession>();

  private constructor(options: DesktopOptions, book: SiteBook, trust: TrustStore, vault: Vault) {
    this.#options = options;
    this.#book = book;
    this.#trust = trust;
    this.#vault = vault;
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
    return this.#siteOf(this.#book.get(id));
  }

  /** Ends what is under way. */
  stop(): void {
    this.forgetPage();
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
        return this.#siteOf(this.#book.get(id));
      },
      'sites.signIn': async ({ id, ...secret }) => {
        await this.#sessionOf(id).signInWith(secret);
        await this.#vault.save(id, secret);
        this.#tellSites();
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
    this.#options.push({ kind: 'sites.changed', sites: this.#sites() });
  }
}

/** A suggestion for the dialog, never a path. */
function fileNameOf(name: string): string {
  const plain = name.replaceAll(/[\p{Cc}\p{Cf}<>:"/\\|?*]/gu, '_').replace(/^\.+/, '_');
  return plain.slice(0, 120);
}
