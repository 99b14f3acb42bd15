// System settings (Kazoo's system_config): any category may be stored; those with a schema
// `system_config.<category>` are validated and have defaults. All are in memory, so that a
// reader asks at the moment of use and a change needs no restart.

import type { Actor } from '../base/change.ts';
import { CraftportError, isCode } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import type { Logger } from '../base/logger.ts';
import { mergePatch } from '../document/merge.ts';
import { assertPreconditions, type Preconditions } from '../document/precondition.ts';
import type { StoredSetting } from '../document/setting-store.ts';
import type { SchemaSource } from '../document/validate.ts';
import { publicPart } from '../resource/resource-rules.ts';
import {
  type KnownCategory,
  type KnownSettings,
  withAliases,
  withoutAliases,
} from './known-settings.ts';
import type { Storage } from './storage.ts';

/** The revision of a category with a schema that was never set: its defaults. */
const UNSET_REVISION = `0-${'0'.repeat(32)}`;

export interface SettingsOptions {
  readonly storage: Storage;
  readonly schemas: SchemaSource;
  readonly logger: Logger;
}

/** One category as it is in effect. */
export interface Setting {
  readonly category: string;
  readonly revision: string;
  /** With defaults and both names of settings that have two. Secrets are in clear. */
  readonly doc: JsonObject;
  /** Top-level keys that the category's schema does not name: stored, without effect. */
  readonly unknownKeys: readonly string[];
}

export interface SettingTarget {
  readonly preconditions: Preconditions;
  readonly by: Actor;
}

export class Settings {
  readonly #options: SettingsOptions;
  readonly #settings = new Map<string, Setting>();
  readonly #listeners = new Set<(category: string) => void>();

  private constructor(options: SettingsOptions) {
    this.#options = options;
  }

  /** Reads every category. What a newer schema refuses is left out, and logged. */
  static async load(options: SettingsOptions): Promise<Settings> {
    const settings = new Settings(options);
    for (const category of settings.#knownCategories())
      settings.#settings.set(category, settings.#unset(category));
    for (const stored of await options.storage.read.settings.loadAll())
      settings.#settings.set(stored.category, settings.#effectiveOf(stored));
    return settings;
  }

  /** The setting in effect now. Ask at the moment of use. */
  get<Category extends KnownCategory>(category: Category): KnownSettings[Category] {
    // The schema of a known category validated it.
    return this.fetch(category).doc as unknown as KnownSettings[Category];
  }

  /** Names of all categories that were set or have defaults, sorted. */
  categories(): readonly string[] {
    return [...this.#settings.keys()].sort();
  }

  /** @throws document.not-found */
  fetch(category: string): Setting {
    const found = this.#settings.get(category);
    if (found === undefined) throw notFound(category);
    return found;
  }

  /**
   * Sets a category to exactly `data`; what it does not name is at its default afterwards.
   * @throws request.invalid, document.not-found (no name for a category),
   * document.revision-mismatch
   */
  replace(target: SettingTarget, category: string, data: JsonObject): Promise<Setting> {
    const sent = publicPart(data);
    return this.#write(target, category, (_stored) => this.#checked(category, sent, sent));
  }

  /**
   * Merges into what was set (document/merge.ts); `null` brings a default back.
   * @throws request.invalid, document.not-found (no name for a category),
   * document.revision-mismatch
   */
  patch(target: SettingTarget, category: string, data: JsonObject): Promise<Setting> {
    const sent = publicPart(data);
    return this.#write(target, category, (stored) =>
      this.#checked(category, mergePatch(stored, sent), sent),
    );
  }

  /** @param listener is told of a category after its change is on disk. @returns the way to stop. */
  onChange(listener: (category: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #write(
    target: SettingTarget,
    category: string,
    next: (stored: JsonObject) => JsonObject,
  ): Promise<Setting> {
    if (!/^[a-z0-9_.]{1,128}$/.test(category)) throw notFound(category);
    const unset = this.#isKnown(category) ? UNSET_REVISION : undefined;
    const saved = await this.#options.storage.write(async (writers) => {
      const current = await writers.settings.load(category);
      assertPreconditions(target.preconditions, current?.revision ?? unset);
      const doc = next(current?.doc ?? {});
      const written = await writers.settings.save(category, current, doc);
      writers.record({
        actor: target.by,
        event: 'setting.changed',
        noun: 'setting',
        id: category,
        revision: written.revision,
        ...(current === undefined ? {} : { before: current.doc }),
        after: doc,
      });
      return written;
    });
    return this.#adopt(saved);
  }

  /** Commits are answered in their order, so what comes last is the newest. */
  #adopt(saved: StoredSetting): Setting {
    const setting = this.#effectiveOf(saved);
    this.#settings.set(saved.category, setting);
    for (const listener of this.#listeners) {
      try {
        listener(saved.category);
      } catch (error) {
        // The change is on disk; a reader that fails must not make the writer believe it is not.
        this.#options.logger.error(() => 'a listener of settings failed', { error });
      }
    }
    return setting;
  }

  /** What to store: `doc` with scalars converted, one name a setting, and no defaults. */
  #checked(category: string, doc: JsonObject, sent: JsonObject): JsonObject {
    if (!this.#isKnown(category)) return doc;
    const filled = this.#validator(category).validate(doc);
    const given = Object.fromEntries(Object.keys(doc).map((key) => [key, filled[key] ?? null]));
    return withoutAliases(category, given, sent);
  }

  #effectiveOf(stored: StoredSetting): Setting {
    const { category, revision } = stored;
    try {
      return this.#effective(category, revision, stored.doc);
    } catch (error) {
      if (!isCode(error, 'request.invalid')) throw error;
      const refused = Object.keys(error.detail['fields'] as JsonObject).map(
        (path) => path.split('.', 1)[0],
      );
      this.#options.logger.warn(() => 'stored settings are not valid any more and left out', {
        category,
        refused,
      });
      const valid = Object.entries(stored.doc).filter(([key]) => !refused.includes(key));
      return this.#effective(category, revision, Object.fromEntries(valid));
    }
  }

  #unset(category: string): Setting {
    const doc = this.#options.schemas.defaults(schemaOf(category));
    return { category, revision: UNSET_REVISION, doc: withAliases(category, doc), unknownKeys: [] };
  }

  #effective(category: string, revision: string, doc: JsonObject): Setting {
    if (!this.#isKnown(category)) return { category, revision, doc, unknownKeys: [] };
    const properties = this.#options.schemas.document(schemaOf(category))?.['properties'] ?? {};
    return {
      category,
      revision,
      doc: withAliases(category, this.#validator(category).validate(doc)),
      unknownKeys: Object.keys(doc).filter((key) => !Object.hasOwn(properties as object, key)),
    };
  }

  #isKnown(category: string): boolean {
    return this.#options.schemas.document(schemaOf(category)) !== undefined;
  }

  #knownCategories(): readonly string[] {
    const prefix = schemaOf('');
    return this.#options.schemas
      .names()
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
  }

  #validator(category: string) {
    return this.#options.schemas.validator(schemaOf(category));
  }
}

function schemaOf(category: string): string {
  return `system_config.${category}`;
}

function notFound(category: string): CraftportError {
  return new CraftportError('document.not-found', `There are no settings ${category}`, {
    detail: { id: category },
  });
}
