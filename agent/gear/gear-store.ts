// What was last known of gear, as it is kept over a restart. SQLite implements this in
// agent/store. Gear records themselves are documents.

import type { JsonObject } from '../base/json.ts';

export interface StoredSpan {
  readonly gearId: string;
  readonly native: string;
  readonly doc: JsonObject;
}

export interface StoredGearState {
  readonly gearId: string;
  readonly doc: JsonObject;
}

export interface GearStateReader {
  loadAll(): Promise<{
    readonly states: readonly StoredGearState[];
    readonly spans: readonly StoredSpan[];
  }>;
}

export interface GearStateWriter extends GearStateReader {
  saveState(state: StoredGearState): Promise<void>;
  saveSpans(spans: readonly StoredSpan[]): Promise<void>;
  removeSpans(gearId: string, natives: readonly string[]): Promise<void>;
  /** The gear and all its spans. */
  removeGear(gearId: string): Promise<void>;
}
