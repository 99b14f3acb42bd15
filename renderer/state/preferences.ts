// How the person likes the page. Kept on this machine.

import type { Memory } from '../host/host.ts';
import { createStore, type Store } from './store.ts';

export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  readonly density: 'compact' | 'comfortable';
  readonly times: 'local' | 'utc';
  /** Nothing can be changed, whatever the token may. */
  readonly isReadOnly: boolean;
  /** By table: which columns, in what order, and by what it is sorted. */
  readonly tables: Readonly<Record<string, TablePreferences>>;
}

export interface TablePreferences {
  readonly columns: readonly string[];
  /** `-name` descends. */
  readonly sort: string;
}

const DEFAULTS: Preferences = {
  theme: 'system',
  density: 'compact',
  times: 'local',
  isReadOnly: false,
  tables: {},
};

/** Whatever is stored, what comes out is whole. */
export function parsePreferences(text: string | undefined): Preferences {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? '{}');
  } catch {
    stored = {};
  }
  const value = (typeof stored === 'object' && stored !== null ? stored : {}) as Partial<
    Record<keyof Preferences, unknown>
  >;
  const oneOf = <T extends string>(choice: unknown, all: readonly T[], fallback: T): T =>
    all.find((item) => item === choice) ?? fallback;
  return {
    theme: oneOf(value.theme, ['system', 'light', 'dark'], DEFAULTS.theme),
    density: oneOf(value.density, ['compact', 'comfortable'], DEFAULTS.density),
    times: oneOf(value.times, ['local', 'utc'], DEFAULTS.times),
    isReadOnly: value.isReadOnly === true,
    tables: parseTables(value.tables),
  };
}

function parseTables(value: unknown): Preferences['tables'] {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value as Record<string, Partial<TablePreferences> | null>).flatMap(
      ([name, table]) =>
        Array.isArray(table?.columns) && typeof table.sort === 'string'
          ? [[name, { columns: table.columns.map(String), sort: table.sort }]]
          : [],
    ),
  );
}

export function createPreferences(memory: Memory): Store<Preferences> {
  const store = createStore(parsePreferences(memory.load('preferences')));
  store.subscribe(() => memory.save('preferences', JSON.stringify(store.get())));
  return store;
}
