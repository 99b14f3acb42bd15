// The numbers of all accounts as services see them. agent/store has them in SQLite.

import type { JsonObject } from '../base/json.ts';
import type { CarrierModule, NumberState, StoredNumber } from './number-document.ts';

export interface NumberPage {
  readonly direction: 'ascending' | 'descending';
  /** First number of the page; undefined: from the end the direction starts at. */
  readonly startNumber: string | undefined;
  /** Begin after `startNumber`; default: with it. */
  readonly excludesStart?: boolean;
  /** Last number, inclusive. */
  readonly endNumber?: string | undefined;
  readonly limit: number;
  readonly state?: string;
  /** Part of the number. */
  readonly contains?: string;
}

export interface NewNumber {
  readonly number: string;
  /** Ids from the master account down to the one that gets the number. */
  readonly accountPath: readonly string[];
  readonly state: NumberState;
  readonly carrierModule: CarrierModule;
  readonly resourceId: string | undefined;
  readonly doc: JsonObject;
}

export interface NumberChange {
  readonly state: NumberState;
  readonly carrierModule: CarrierModule;
  readonly resourceId: string | undefined;
  readonly doc: JsonObject;
}

export interface NumberReader {
  /** Whoever it belongs to. */
  load(number: string): Promise<StoredNumber | undefined>;
  page(accountId: string, request: NumberPage): Promise<readonly StoredNumber[]>;
}

export interface NumberWriter extends NumberReader {
  /**
   * Creates the number, also over one that may be reused: in a reusable state and owned by
   * this account or one above it. @returns undefined when it exists and may not be reused.
   */
  create(number: NewNumber): Promise<StoredNumber | undefined>;
  /** @throws document.conflict when `current` is no longer the stored revision */
  replace(current: StoredNumber, change: NumberChange): Promise<StoredNumber>;
  /** @throws document.conflict */
  remove(current: StoredNumber): Promise<void>;
}
