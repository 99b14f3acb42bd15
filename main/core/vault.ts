// Sign-ins, encrypted with a key that the operating system keeps. Linux without a keyring gives
// Electron a key that every program knows (basic_text): that is told, and nothing is written
// until the user accepts it; until then sign-ins live as long as the program.

import { CraftportError } from '../../agent/base/error.ts';
import type { IpcVaultState, JsonSchema } from '../../schemas/ipc.ts';
import { VersionedFile } from './versioned-file.ts';

/** Electron's safeStorage, its asynchronous half. */
export interface SafeStorage {
  isAvailable(): Promise<boolean>;
  /** Linux: `gnome_libsecret`, `kwallet6`, `basic_text`, …; elsewhere the system's name. */
  backend(): string;
  encrypt(text: string): Promise<Uint8Array>;
  /** `shouldReEncrypt`: the key has been replaced; what is stored should be written anew. */
  decrypt(bytes: Uint8Array): Promise<{ readonly text: string; readonly shouldReEncrypt: boolean }>;
}

/** What signs a site in. Secret. */
export interface SiteSecret {
  /** Realm or name of the account. */
  readonly account: string;
  readonly username: string;
  readonly password: string;
  /** Of a paired desktop: its own user, deleted when the site is removed. */
  readonly own?: { readonly accountId: string; readonly userId: string };
}

interface VaultContent {
  readonly isWeakAccepted: boolean;
  /** Base64 of what safeStorage made, by site. */
  readonly entries: Readonly<Record<string, string>>;
}

const SCHEMA: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['isWeakAccepted', 'entries'],
  properties: {
    isWeakAccepted: { type: 'boolean' },
    entries: { type: 'object', additionalProperties: { type: 'string', maxLength: 20_000 } },
  },
};

export class Vault {
  readonly #file: VersionedFile<VaultContent>;
  readonly #storage: SafeStorage;
  /** Decrypted, or never written. */
  readonly #known = new Map<string, SiteSecret>();
  #content: VaultContent;

  private constructor(
    file: VersionedFile<VaultContent>,
    storage: SafeStorage,
    content: VaultContent,
  ) {
    this.#file = file;
    this.#storage = storage;
    this.#content = content;
  }

  /** @throws config.unreadable, config.newer-than-program */
  static async open(path: string, storage: SafeStorage): Promise<Vault> {
    const empty: VaultContent = { isWeakAccepted: false, entries: {} };
    const file = new VersionedFile<VaultContent>({ file: path, version: 1, schema: SCHEMA, empty });
    return new Vault(file, storage, await file.load());
  }

  async state(): Promise<IpcVaultState> {
    const backend = this.#storage.backend();
    const { isWeakAccepted } = this.#content;
    const isAvailable = await this.#storage.isAvailable().catch(() => false);
    const kind = !isAvailable ? 'none' : isWeakBackend(backend) ? 'weak' : 'keyring';
    const isPersistent = kind === 'keyring' || (kind === 'weak' && isWeakAccepted);
    return { kind, backend, isWeakAccepted, isPersistent };
  }

  /** Accepting writes what is known so far; taking it back removes what was written. */
  async acceptWeak(isAccepted: boolean): Promise<IpcVaultState> {
    const { kind } = await this.state();
    if (!isAccepted && kind === 'weak') {
      for (const id of Object.keys(this.#content.entries)) await this.load(id);
      await this.#save({ isWeakAccepted: false, entries: {} });
    } else {
      await this.#save({ ...this.#content, isWeakAccepted: isAccepted });
      for (const [id, secret] of this.#known) await this.#persist(id, secret);
    }
    return this.state();
  }

  has(siteId: string): boolean {
    return this.#known.has(siteId) || Object.hasOwn(this.#content.entries, siteId);
  }

  /** @throws vault.unreadable when it was written with another key */
  async load(siteId: string): Promise<SiteSecret | undefined> {
    const known = this.#known.get(siteId);
    if (known !== undefined) return known;
    const entry = Object.hasOwn(this.#content.entries, siteId)
      ? this.#content.entries[siteId]
      : undefined;
    if (entry === undefined) return undefined;
    const { text, shouldReEncrypt } = await this.#storage
      .decrypt(Buffer.from(entry, 'base64'))
      .catch(() => {
        throw unreadable(siteId);
      });
    const secret = parseSecret(text);
    if (secret === undefined) throw unreadable(siteId);
    this.#known.set(siteId, secret);
    if (shouldReEncrypt) await this.#persist(siteId, secret);
    return secret;
  }

  /** Keeps the secret for this run, and on the disk where that is safe or accepted. */
  async save(siteId: string, secret: SiteSecret): Promise<void> {
    this.#known.set(siteId, secret);
    await this.#persist(siteId, secret);
  }

  async forget(siteId: string): Promise<void> {
    this.#known.delete(siteId);
    if (!Object.hasOwn(this.#content.entries, siteId)) return;
    const entries = Object.entries(this.#content.entries).filter(([id]) => id !== siteId);
    await this.#save({ ...this.#content, entries: Object.fromEntries(entries) });
  }

  async #persist(siteId: string, secret: SiteSecret): Promise<void> {
    if (!(await this.state()).isPersistent) return;
    const bytes = await this.#storage.encrypt(JSON.stringify(secret));
    const entry = Buffer.from(bytes).toString('base64');
    await this.#save({
      ...this.#content,
      entries: { ...this.#content.entries, [siteId]: entry },
    });
  }

  async #save(content: VaultContent): Promise<void> {
    this.#content = content;
    await this.#file.save(content);
  }
}

/** Backends whose key is no secret. `unknown`: asked too early, so nothing is promised. */
function isWeakBackend(backend: string): boolean {
  return backend === 'basic_text' || backend === 'unknown';
}

function unreadable(siteId: string): CraftportError {
  return new CraftportError('vault.unreadable', 'The stored sign-in cannot be read', {
    detail: { siteId },
  });
}

function parseSecret(text: string): SiteSecret | undefined {
  try {
    const secret = JSON.parse(text) as Partial<SiteSecret>;
    const { account, username, password } = secret;
    const isWhole = [account, username, password].every((part) => typeof part === 'string');
    return isWhole ? (secret as SiteSecret) : undefined;
  } catch {
    return undefined;
  }
}
