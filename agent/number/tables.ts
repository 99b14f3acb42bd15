// The tables behind normalisation and classification, as Kazoo ships them. Both are settings
// (`number_manager`: `e164_converters`, `classifiers`, `reconcile_regex`); their order decides.

import { isJsonObject, type JsonObject } from '../base/json.ts';
import { emergencyNumbers } from './emergency-numbers.ts';

export interface Converter {
  readonly regex: string;
  readonly prefix: string;
  readonly suffix: string;
}

export interface Classifier {
  readonly name: string;
  readonly regex: string;
  readonly emergency: boolean;
  /** The entry as configured (`friendly_name`, `pretty_print`, …), for those who show it. */
  readonly entry: JsonObject;
}

export interface NumberTableText {
  readonly converters: readonly Converter[];
  readonly classifiers: readonly Classifier[];
  readonly reconcile: string;
}

const DEFAULT_CONVERTERS: readonly Converter[] = [
  { regex: '^(\\+?1)?([2-9][0-9]{2}[2-9][0-9]{6})$', prefix: '+1', suffix: '' },
  { regex: '^011(\\d{5,})$|^00(\\d{5,})$', prefix: '+', suffix: '' },
  { regex: '^[2-9]\\d{7,}$', prefix: '+', suffix: '' },
];

const CARIBBEAN =
  '684|264|268|242|246|441|284|345|767|809|829|849|473|671|876|664|670|787|939|869|758|784|721|868|649|340';
const PRETTY_US = 'SS(###) ### - ####';

/** Kazoo's classifiers in the order in which they are tried. */
export const DEFAULT_CLASSIFIER_ENTRIES: readonly (JsonObject & { readonly name: string })[] = [
  {
    name: 'tollfree_us',
    regex: '^\\+1((?:800|88\\d|877|866|855|844|833|822)\\d{7})$',
    friendly_name: 'US TollFree',
    pretty_print: PRETTY_US,
  },
  {
    name: 'toll_us',
    regex: '^\\+1(900\\d{7})$',
    friendly_name: 'US Toll',
    pretty_print: PRETTY_US,
  },
  {
    name: 'emergency',
    // Kazoo's, and 112, which every GSM telephone dials.
    regex: '^(911|922|933|833|811|711|999|112)$',
    friendly_name: 'Emergency Dispatcher',
    emergency: true,
  },
  {
    name: 'caribbean',
    regex: `^\\+?1((?:${CARIBBEAN})\\d{7})$`,
    friendly_name: 'Caribbean',
    pretty_print: PRETTY_US,
  },
  {
    name: 'did_us',
    regex: '^(\\+?1)?([2-9][0-9]{2}[2-9][0-9]{6})$',
    friendly_name: 'US DID',
    pretty_print: PRETTY_US,
  },
  { name: 'international', regex: '^\\+([2-9]\\d{7,})$', friendly_name: 'International' },
  { name: 'unknown', regex: '^(.*)$', friendly_name: 'Unknown' },
];

const DEFAULT_RECONCILE = '^(\\+?1)?\\d{10}$|^\\+[2-9]\\d{7,}$|^011\\d*$|^00\\d*$';

export const DEFAULT_NUMBER_TABLES: NumberTableText = {
  converters: DEFAULT_CONVERTERS,
  classifiers: DEFAULT_CLASSIFIER_ENTRIES.map((entry) => toClassifier(entry.name, entry)),
  reconcile: DEFAULT_RECONCILE,
};

/**
 * Tables of a `number_manager` document. What it leaves out stays as shipped; a converter or
 * classifier table replaces the shipped one wholesale, as in Kazoo.
 *
 * `e164_converters`: object of regex → `{prefix?, suffix?}`, in key order (JavaScript moves keys
 * that are whole numbers to the front; no useful regex is one), or an array of
 * `{regex, prefix?, suffix?}`.
 * `classifiers`: object of name → `{regex, emergency?, …}` or regex, or an array of the same with
 * `name`. An optional whole-number `priority` in an entry moves it: lower is tried earlier, and
 * entries without one keep their place behind those that have it.
 * The shipped class `emergency` takes in the emergency numbers of the configured countries; a
 * table of the administrator's own says itself what it holds.
 */
export function readNumberTables(config: unknown): NumberTableText {
  if (!isJsonObject(config)) return DEFAULT_NUMBER_TABLES;
  const converters = config.e164_converters;
  const classifiers = config.classifiers;
  const reconcile = config.reconcile_regex;
  return {
    converters: isTable(converters) ? readConverters(converters) : DEFAULT_NUMBER_TABLES.converters,
    classifiers: isTable(classifiers)
      ? byPriority(entries(classifiers, 'name')).map(([name, value]) => toClassifier(name, value))
      : withEmergencyNumbers(DEFAULT_NUMBER_TABLES.classifiers, config),
    reconcile: typeof reconcile === 'string' && reconcile !== '' ? reconcile : DEFAULT_RECONCILE,
  };
}

/** The `dial_plan` of an account document: regexes with prefix and suffix. */
export function readDialPlan(plan: unknown): readonly Converter[] {
  // `system` names plans of Kazoo's that are kept elsewhere; it is no regex.
  return isTable(plan) ? readConverters(plan).filter(({ regex }) => regex !== 'system') : [];
}

function readConverters(table: JsonObject | readonly unknown[]): readonly Converter[] {
  return entries(table, 'regex').map(([regex, value]) => ({
    regex,
    prefix: isJsonObject(value) ? text(value.prefix) : '',
    suffix: isJsonObject(value) ? text(value.suffix) : '',
  }));
}

function withEmergencyNumbers(
  shipped: readonly Classifier[],
  config: JsonObject,
): readonly Classifier[] {
  return shipped.map((classifier) => {
    if (classifier.name !== 'emergency') return classifier;
    const known = new RegExp(classifier.regex);
    const more = emergencyNumbers(config).filter(({ number }) => !known.test(number));
    if (more.length === 0) return classifier;
    const numbers = more.map(({ number }) => number.replaceAll('*', '\\*')).join('|');
    const regex = classifier.regex.replace(')$', `|${numbers})$`);
    return { ...classifier, regex, entry: { ...classifier.entry, regex } };
  });
}

/** An entry without a regex classifies only the empty number (`^$`), as in Kazoo. */
function toClassifier(name: string, value: unknown): Classifier {
  if (typeof value === 'string') {
    return { name, regex: value, emergency: false, entry: { regex: value } };
  }
  const source: JsonObject = isJsonObject(value) ? value : {};
  const entry = Object.fromEntries(Object.entries(source).filter(([key]) => key !== 'name'));
  return {
    name,
    regex: typeof source.regex === 'string' ? source.regex : '^$',
    emergency: source.emergency === true || source.emergency === 'true',
    entry,
  };
}

function isTable(value: unknown): value is JsonObject | readonly unknown[] {
  return Array.isArray(value) || isJsonObject(value);
}

/** Key and value of each entry, whether the table is an object or an array that names its keys. */
function entries(
  table: JsonObject | readonly unknown[],
  key: 'regex' | 'name',
): readonly (readonly [string, unknown])[] {
  if (!isList(table)) return Object.entries(table);
  const found: (readonly [string, unknown])[] = [];
  for (const item of table) {
    if (!isJsonObject(item)) continue;
    const name = item[key];
    if (typeof name === 'string') found.push([name, item]);
  }
  return found;
}

function isList(table: JsonObject | readonly unknown[]): table is readonly unknown[] {
  return Array.isArray(table);
}

function byPriority(
  table: readonly (readonly [string, unknown])[],
): readonly (readonly [string, unknown])[] {
  const rank = ([, value]: readonly [string, unknown]) =>
    isJsonObject(value) && typeof value.priority === 'number' ? value.priority : Infinity;
  // Subtracting would make Infinity - Infinity of two entries that have none.
  return [...table].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) < rank(b) ? -1 : 1));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
