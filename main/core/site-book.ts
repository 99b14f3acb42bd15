// The sites a technician looks after: name, address, group, colour, notes. No secrets in here.

import { CraftportError } from '../../agent/base/error.ts';
import type { IpcSiteDetails, JsonSchema } from '../../schemas/ipc.ts';
import { SITE_SCHEMA } from '../../schemas/ipc.ts';
import { VersionedFile } from './versioned-file.ts';

export interface BookedSite extends IpcSiteDetails {
  readonly id: string;
  /** Origin: `https://10.0.0.7:8443`. */
  readonly address: string;
}

/** More than anybody has; a file that grows without end is a mistake. */
const MAX_SITES = 2_000;
const SCHEMA: JsonSchema = { type: 'array', maxItems: MAX_SITES, items: SITE_SCHEMA };

export class SiteBook {
  readonly #file: VersionedFile<readonly BookedSite[]>;
  #sites: readonly BookedSite[];

  private constructor(file: VersionedFile<readonly BookedSite[]>, sites: readonly BookedSite[]) {
    this.#file = file;
    this.#sites = sites;
  }

  /** @throws config.unreadable, config.newer-than-program */
  static async open(path: string): Promise<SiteBook> {
    const file = new VersionedFile<readonly BookedSite[]>({
      file: path,
      version: 1,
      schema: SCHEMA,
      empty: [],
    });
    return new SiteBook(file, await file.load());
  }

  list(): readonly BookedSite[] {
    return this.#sites;
  }

  /** @throws site.not-found */
  get(id: string): BookedSite {
    const site = this.#sites.find((each) => each.id === id);
    if (site === undefined)
      throw new CraftportError('site.not-found', 'There is no such site', { detail: { id } });
    return site;
  }

  /** Adds the site, or replaces the one of its id. */
  async put(site: BookedSite): Promise<void> {
    const isKnown = this.#sites.some(({ id }) => id === site.id);
    if (!isKnown && this.#sites.length >= MAX_SITES)
      throw new CraftportError('config.invalid', `There are ${String(MAX_SITES)} sites already`);
    await this.#replace(
      isKnown
        ? this.#sites.map((each) => (each.id === site.id ? site : each))
        : [...this.#sites, site],
    );
  }

  async remove(id: string): Promise<void> {
    await this.#replace(this.#sites.filter((site) => site.id !== id));
  }

  /** What cannot be written is not shown as if it were. */
  async #replace(sites: readonly BookedSite[]): Promise<void> {
    const before = this.#sites;
    this.#sites = sites;
    try {
      await this.#file.save(sites);
    } catch (error) {
      if (this.#sites === sites) this.#sites = before;
      throw error;
    }
  }
}

/** The hosts that only this machine answers for. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/**
 * What somebody typed, as an origin: `10.0.0.7:8443` → `https://10.0.0.7:8443`.
 * @throws config.invalid, agent.untrusted for clear text across a network
 */
export function readAddress(typed: string): string {
  const text = typed.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  const invalid = new CraftportError('config.invalid', 'This is not the address of an agent');
  if (!URL.canParse(withScheme)) throw invalid;
  const url = new URL(withScheme);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid;
  if (url.username !== '' || url.password !== '' || url.hostname === '') throw invalid;
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw invalid;
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
    throw new CraftportError(
      'agent.untrusted',
      'Without TLS an agent is reached on this computer only',
    );
  return url.origin;
}
