// System settings as services see them: one document a category, with a revision. SQLite
// implements this in agent/store.

import type { GregorianSeconds } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';

export interface StoredSetting {
  readonly category: string;
  /** `N-<32hex>` */
  readonly revision: string;
  readonly created: GregorianSeconds;
  readonly modified: GregorianSeconds;
  /** What was set, without defaults. Secrets are in clear here; they are encrypted on disk. */
  readonly doc: JsonObject;
}

export interface SettingReader {
  /** Every category that was ever set. */
  loadAll(): Promise<readonly StoredSetting[]>;
  load(category: string): Promise<StoredSetting | undefined>;
}

export interface SettingWriter extends SettingReader {
  /**
   * Writes the first revision (`current` undefined) or the next one of `current`, which was
   * loaded in this same transaction.
   * @throws document.conflict when `current` is not what is stored
   */
  save(
    category: string,
    current: StoredSetting | undefined,
    doc: JsonObject,
  ): Promise<StoredSetting>;
}
