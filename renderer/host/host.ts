// What the page needs from where it runs. Two implementations: the page that the agent serves
// (web-host.ts: one site, same origin, cookie) and the desktop (bridge-host.ts over the preload:
// many sites, credentials in a vault, pinned certificates). Secrets go in and never come out.

import type { ClientFetch } from '../../agent/client/index.ts';
import type {
  IpcDiscoveredAgent,
  IpcSite,
  IpcSiteDetails,
  IpcSiteFacts,
  IpcSiteHealth,
  IpcSitesHealth,
  IpcVaultState,
} from '../../schemas/ipc.ts';

export { SITE_COLOURS } from '../../schemas/ipc.ts';
export type Site = IpcSite;
/** What people may change of a site. */
export type SiteDetails = IpcSiteDetails;
export type SiteColour = NonNullable<SiteDetails['colour']>;
export type DiscoveredAgent = IpcDiscoveredAgent;
export type SiteFacts = IpcSiteFacts;
export type SiteHealth = IpcSiteHealth;
export type SitesHealth = IpcSitesHealth;
export type VaultState = Omit<IpcVaultState, 'backend'>;

export interface PasswordSignIn {
  /** Realm or name of the account. */
  readonly account: string;
  readonly username: string;
  readonly password: string;
}

/** What only the host of many sites can do. */
export interface SiteBook {
  /** Connects once, without credentials, to see the certificate. */
  probe(address: string): Promise<{ readonly fingerprint: string | undefined }>;
  /** Agents that announce themselves, as they come and go. @returns what stops it */
  discover(onChange: (agents: readonly DiscoveredAgent[]) => void): () => void;
  /**
   * Watches all sites as long as they are shown; afterwards they are asked less often.
   * @returns what stops it
   */
  watch(onHealth: (health: SitesHealth) => void): () => void;
  /** Asks these sites now, whatever the schedule. */
  readonly tryNow: (ids: readonly string[]) => Promise<void>;
  readonly vault: () => Promise<VaultState>;
  /** Whether sign-ins are written although anybody on this computer could read them. */
  readonly acceptWeakVault: (isAccepted: boolean) => Promise<VaultState>;
  /** Pins the fingerprint and trades the pairing code for credentials. */
  pair(request: {
    readonly address: string;
    readonly fingerprint: string;
    readonly code: string;
    readonly details: SiteDetails;
  }): Promise<Site>;
  readonly change: (id: string, details: SiteDetails) => Promise<Site>;
  /** Forgets the site with its pin and its credentials. */
  readonly remove: (id: string) => Promise<void>;
  /** Accepts a certificate that changed, after a person compared it. */
  readonly trust: (id: string, fingerprint: string) => Promise<Site>;
}

/** A two-way line to an agent. */
export interface LineSocket {
  /** What cannot be sent any more is told by `onEnd`. */
  send(text: string): void;
  close(): void;
}

export interface LineListener {
  onOpen(): void;
  onText(text: string): void;
  /** Once, also when it never opened. `reason` is the host's words, or empty. */
  onEnd(reason: string): void;
}

export interface SiteConnection {
  readonly siteId: string;
  /** Requests and the event stream; the host adds the credentials. Paths begin with `/`. */
  readonly fetch: ClientFetch;
  /** Opens a WebSocket of the agent's, signed in as requests are. */
  readonly openSocket: (path: string, listener: LineListener) => LineSocket;
  /** @throws ClientError */
  readonly signIn: (request: PasswordSignIn) => Promise<void>;
  /** Ends the session on the agent and forgets it here. */
  readonly signOut: () => Promise<void>;
}

/** Where the page keeps what it remembers: layout, drafts. Never a secret. */
export interface Memory {
  readonly load: (key: string) => string | undefined;
  /** undefined forgets. A full store is no error: what cannot be kept is not kept. */
  readonly save: (key: string, value: string | undefined) => void;
  readonly keys: () => readonly string[];
}

/** The part of a memory whose keys begin with `prefix`, under names without it. */
export function scopedMemory(memory: Memory, prefix: string): Memory {
  return {
    load: (key) => memory.load(prefix + key),
    save: (key, value) => memory.save(prefix + key, value),
    keys: () =>
      memory
        .keys()
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length)),
  };
}

export interface Host {
  readonly kind: 'web' | 'desktop';
  readonly memory: Memory;
  /** undefined: the one site is given. */
  readonly book: SiteBook | undefined;
  readonly sites: () => Promise<readonly Site[]>;
  /** The list changed. @returns what stops it */
  onSites(listener: (sites: readonly Site[]) => void): () => void;
  /** One connection a site, the same each time. */
  readonly connect: (siteId: string) => SiteConnection;
  /** Saves a file where the person says. */
  readonly saveFile: (name: string, type: string, text: string) => Promise<void>;
  readonly copyText: (text: string) => Promise<void>;
}
