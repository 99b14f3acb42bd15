// The numbers that call for help, by country. Settings (`number_manager`: `emergency_countries`,
// `emergency_numbers`) say which countries a site serves, and may give any country other numbers.

import { isJsonObject, type JsonValue } from '../base/json.ts';

export interface EmergencyNumber {
  readonly number: string;
  /** ISO 3166 codes of the configured countries that use it. */
  readonly countries: readonly string[];
}

/** Where nothing is configured: Kazoo's tables are those of North America too. */
const DEFAULT_COUNTRIES: readonly string[] = ['US'];

/** Voice numbers for police, fire and ambulance as the countries publish them. */
const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  AE: ['997', '998', '999'],
  AT: ['112', '122', '133', '144'],
  AU: ['000', '112'],
  BE: ['112', '100', '101'],
  BG: ['112'],
  BR: ['190', '192', '193'],
  CA: ['911'],
  CH: ['112', '117', '118', '144'],
  CN: ['110', '119', '120'],
  CY: ['112', '199'],
  CZ: ['112', '150', '155', '158'],
  DE: ['112', '110'],
  DK: ['112'],
  EE: ['112'],
  ES: ['112'],
  FI: ['112'],
  FR: ['112', '15', '17', '18'],
  GB: ['999', '112'],
  GR: ['112', '100', '166', '199'],
  HK: ['999'],
  HR: ['112'],
  HU: ['112', '104', '105', '107'],
  IE: ['112', '999'],
  IL: ['100', '101', '102'],
  IN: ['112'],
  IS: ['112'],
  IT: ['112', '113', '115', '118'],
  JP: ['110', '119'],
  KR: ['112', '119'],
  LT: ['112'],
  LU: ['112', '113'],
  LV: ['112'],
  MT: ['112'],
  MX: ['911'],
  NL: ['112'],
  NO: ['112', '110', '113'],
  NZ: ['111'],
  PL: ['112', '997', '998', '999'],
  PT: ['112'],
  RO: ['112'],
  SE: ['112'],
  SG: ['995', '999'],
  SI: ['112', '113'],
  SK: ['112', '150', '155', '158'],
  TR: ['112'],
  US: ['911'],
  ZA: ['112', '10111', '10177'],
};

/**
 * Emergency numbers of the configured countries, each once, in the order of the settings. A
 * country that neither the settings nor the table give numbers has none.
 * @param config a `number_manager` document; what it leaves out or garbles is as shipped
 */
export function emergencyNumbers(config: unknown): readonly EmergencyNumber[] {
  const doc = isJsonObject(config) ? config : {};
  const own = isJsonObject(doc.emergency_numbers) ? doc.emergency_numbers : {};
  const listed = texts(doc.emergency_countries);
  const found = new Map<string, string[]>();
  for (const country of listed ?? DEFAULT_COUNTRIES) {
    for (const number of texts(own[country]) ?? NUMBERS[country] ?? []) {
      if (!/^[0-9*#]{2,15}$/.test(number)) continue;
      const countries = found.get(number);
      if (countries === undefined) found.set(number, [country]);
      else if (!countries.includes(country)) countries.push(country);
    }
  }
  return [...found].map(([number, countries]) => ({ number, countries }));
}

function texts(value: JsonValue | undefined): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return (value as readonly JsonValue[]).filter((item) => typeof item === 'string');
}
