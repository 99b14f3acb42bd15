// The system settings this program reads: their types, and the keys that have two names.

import type {
  CrossbarAuthConfigDoc,
  CrossbarConfigDoc,
  CrossbarResourcesConfigDoc,
  NumberManagerConfigDoc,
  StepswitchConfigDoc,
} from '../../schemas/types.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';

/** `Doc` with the keys that its schema gives a default. */
type Filled<Doc, Keys extends keyof Doc> = Doc & {
  readonly [Key in Keys]-?: Exclude<Doc[Key], undefined>;
};

export interface KnownSettings {
  readonly crossbar: Filled<CrossbarConfigDoc, 'pagination_page_size' | 'schema_strict_validation'>;
  readonly 'crossbar.auth': Filled<CrossbarAuthConfigDoc, 'token_life_s'>;
  readonly 'crossbar.resources': Filled<
    CrossbarResourcesConfigDoc,
    'allow_peers' | 'collection_reply' | 'job_recover_threshold_s' | 'job_recover_timeout_s'
  >;
  readonly number_manager: Filled<
    NumberManagerConfigDoc,
    'accounts_may_add_numbers' | 'emergency_countries'
  >;
  readonly stepswitch: Filled<
    StepswitchConfigDoc,
    | 'default_audio_codecs'
    | 'default_bypass_media'
    | 'default_caller_id_type'
    | 'default_codecs'
    | 'default_prefix'
    | 'default_progress_timeout'
    | 'default_suffix'
    | 'default_video_codecs'
    | 'default_weight'
    | 'deny_invalid_emergency_cid'
    | 'ensure_valid_emergency_cid'
    | 'kazoo_ties'
    | 'max_shortdial_correction'
    | 'min_shortdial_correction'
    | 'use_sip_privacy_header'
  >;
}

export type KnownCategory = keyof KnownSettings;

/** Category → the name that is stored and wins → the other name of the same setting. */
const ALIASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // The API's page and Kazoo's code disagree (reference §5.5); the page wins.
  'crossbar.resources': {
    job_recover_timeout_s: 'job_recovery_timeout_s',
    job_recover_threshold_s: 'job_recovery_threshold_s',
  },
};

function aliasesOf(category: string): readonly (readonly [string, string])[] {
  return Object.hasOwn(ALIASES, category) ? Object.entries(ALIASES[category] ?? {}) : [];
}

/**
 * `checked` (a document or patch as sent, or a merged one) with one name for each setting.
 * @param sent decides which of two names was meant: the winning one if it is in it
 */
export function withoutAliases(
  category: string,
  checked: JsonObject,
  sent: JsonObject,
): JsonObject {
  const result: Record<string, JsonValue> = { ...checked };
  for (const [name, alias] of aliasesOf(category)) {
    const value = result[alias];
    delete result[alias];
    if (!Object.hasOwn(sent, name) && Object.hasOwn(sent, alias)) {
      if (value === undefined) delete result[name];
      else result[name] = value;
    }
  }
  return result;
}

/** `filled` (with defaults) with both names of each setting, equal. */
export function withAliases(category: string, filled: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = { ...filled };
  for (const [name, alias] of aliasesOf(category)) {
    const value = result[name] ?? result[alias];
    if (value === undefined) continue;
    result[name] = value;
    result[alias] = value;
  }
  return result;
}
