// Whether a number may go over flat-rate trunks. Billing asks this; routing never does.

import type { JsonObject } from '../base/json.ts';
import type { Numbers } from '../number/numbers.ts';
import { toBytes } from '../pattern/bytes.ts';
import { Meter } from '../pattern/meter.ts';
import type { PatternCache } from '../pattern/pattern-cache.ts';
import type { RoutingConfig } from './config.ts';
import { readNonEmpty, readObject } from './json-read.ts';

const WHITELIST = '^\\+1\\d{10}$';
const CARIBBEAN =
  '684|264|268|242|246|441|284|345|767|809|829|849|473|671|876|664|670|787|939|869|758|784|721|868|649|340';
const BLACKLIST = `^\\+1(${CARIBBEAN}|900|800|888|877|866|855|844)\\d{7}$`;

export interface FlatRateResult {
  readonly number: string;
  readonly eligible: boolean;
  /** One sentence for a person. */
  readonly reason: string;
  readonly whitelist: string;
  readonly blacklist: string;
  /** Where each list comes from. */
  readonly source: { readonly whitelist: ListSource; readonly blacklist: ListSource };
}

export type ListSource = 'default' | 'settings' | 'resource';

export interface FlatRateOptions {
  readonly numbers: Numbers;
  readonly patterns: PatternCache;
  readonly config: RoutingConfig;
  /** The document of the global resource asked about; others have no say. */
  readonly resource?: JsonObject;
}

/**
 * Eligible: the E.164 number matches the whitelist and does not match the blacklist. An empty
 * list of a resource means the default, so a list cannot be switched off there; a custom
 * whitelist leaves the blacklist as it is. A list that does not compile matches nothing.
 */
export function flatRate(text: string, options: FlatRateOptions): FlatRateResult {
  const number = options.numbers.toE164(text);
  const { flatRateWhitelist, flatRateBlacklist } = options.config;
  const white = choose('flat_rate_whitelist', flatRateWhitelist, WHITELIST, options);
  const black = choose('flat_rate_blacklist', flatRateBlacklist, BLACKLIST, options);
  const subject = toBytes(number);
  const meter = new Meter();
  const matches = (list: string) => options.patterns.get(list).matches(subject, meter);
  const listed = matches(white.text);
  const eligible = listed && !matches(black.text);
  return {
    number,
    eligible,
    reason: eligible
      ? 'The number is on the whitelist and not on the blacklist.'
      : listed
        ? 'The number is on the blacklist.'
        : 'The number is not on the whitelist.',
    whitelist: white.text,
    blacklist: black.text,
    source: { whitelist: white.source, blacklist: black.source },
  };
}

function choose(
  key: string,
  configured: string | undefined,
  shipped: string,
  options: FlatRateOptions,
): { readonly text: string; readonly source: ListSource } {
  const counts = options.config.resourceFlatRateLookup;
  const own = counts ? readObject(options.resource)[key] : undefined;
  const fromResource = readNonEmpty(own);
  if (fromResource !== undefined) return { text: fromResource, source: 'resource' };
  if (configured !== undefined) return { text: configured, source: 'settings' };
  return { text: shipped, source: 'default' };
}
