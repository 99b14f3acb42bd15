// The settings of routing (`system_configs/stepswitch`), with Kazoo's names and defaults except
// where Kazoo's default contradicts the resource schema: see default_weight.

import type { JsonObject } from '../base/json.ts';
import { isTrue, readInteger, readNonEmpty, readObject, readText, readTexts } from './json-read.ts';

export interface RoutingConfig {
  /** Weight of a document without one. 50, as the schema says; Kazoo's code says 3. */
  readonly defaultWeight: number;
  /** Seconds; 0 sets no time-out. */
  readonly defaultProgressTimeoutS: number;
  readonly defaultPrefix: string;
  readonly defaultSuffix: string;
  readonly defaultRoute: string | undefined;
  readonly defaultCallerIdType: string;
  readonly defaultBypassMedia: boolean;
  readonly defaultRtcpMux: string | undefined;
  readonly defaultCodecs: readonly string[];
  readonly defaultAudioCodecs: readonly string[];
  readonly defaultVideoCodecs: readonly string[];
  readonly defaultFormatters: JsonObject;
  readonly formatFromUri: boolean;
  readonly cidRulesHonorDiversions: boolean;
  readonly minShortdialCorrection: number;
  readonly maxShortdialCorrection: number;
  /** When set, replaces what the lengths of caller id and number would say. */
  readonly fixedLengthShortdialCorrection: number | undefined;
  readonly ensureValidEmergencyCid: boolean;
  readonly denyInvalidEmergencyCid: boolean;
  readonly denyEmergencyBridgeCode: number;
  readonly denyEmergencyBridgeCause: string;
  readonly defaultEmergencyCidNumber: string | undefined;
  readonly privacyMethod: PrivacyMethod;
  readonly anonymousName: string;
  readonly anonymousNumber: string;
  readonly useSipPrivacyHeader: boolean;
  readonly sipInterface: string;
  readonly zone: string;
  /** Ours: equal weights fall back to descending `_id` when the request has flags, as in Kazoo. */
  readonly kazooTies: boolean;
  /** Ours, as a policy: emergency numbers go over emergency resources alone, and the reverse. */
  readonly emergencyNumbersOnlyOverEmergencyResources: boolean;
  readonly emergencyResourcesOnlyForEmergencyNumbers: boolean;
  /** Whether a resource's own flat-rate lists count (billing's `jonny5` has these in Kazoo). */
  readonly resourceFlatRateLookup: boolean;
  readonly flatRateWhitelist: string | undefined;
  readonly flatRateBlacklist: string | undefined;
}

export type PrivacyMethod = 'kazoo' | 'sip' | 'none';

/** Settings of a `stepswitch` document; whatever it leaves out or garbles stays at its default. */
export function readRoutingConfig(document: unknown): RoutingConfig {
  const doc = readObject(document);
  return {
    defaultWeight: clampWeight(readInteger(doc.default_weight, 50)),
    defaultProgressTimeoutS: readInteger(doc.default_progress_timeout, 8),
    defaultPrefix: readText(doc.default_prefix) ?? '',
    defaultSuffix: readText(doc.default_suffix) ?? '',
    defaultRoute: readNonEmpty(doc.default_route),
    defaultCallerIdType: readNonEmpty(doc.default_caller_id_type) ?? 'external',
    defaultBypassMedia: isTrue(doc.default_bypass_media),
    defaultRtcpMux: readNonEmpty(doc.default_rtcp_mux),
    defaultCodecs: readTexts(doc.default_codecs),
    defaultAudioCodecs: readTexts(doc.default_audio_codecs),
    defaultVideoCodecs: readTexts(doc.default_video_codecs),
    defaultFormatters: readObject(doc.default_formatters),
    formatFromUri: isTrue(doc.format_from_uri),
    cidRulesHonorDiversions: isTrue(doc.cid_rules_honor_diversions),
    minShortdialCorrection: readInteger(doc.min_shortdial_correction, 2),
    maxShortdialCorrection: readInteger(doc.max_shortdial_correction, 5),
    fixedLengthShortdialCorrection: readInteger(doc.fixed_length_shortdial_correction, undefined),
    ensureValidEmergencyCid: isTrue(doc.ensure_valid_emergency_cid),
    denyInvalidEmergencyCid: isTrue(doc.deny_invalid_emergency_cid),
    denyEmergencyBridgeCode: readInteger(doc.deny_emergency_bridge_code, 486),
    denyEmergencyBridgeCause:
      readNonEmpty(doc.deny_emergency_bridge_cause) ?? 'Emergency service not configured',
    defaultEmergencyCidNumber: readNonEmpty(doc.default_emergency_cid_number),
    privacyMethod: readMethod(readText(doc.privacy_method)) ?? 'kazoo',
    anonymousName: readNonEmpty(doc.default_privacy_name) ?? 'Anonymous',
    anonymousNumber: readNonEmpty(doc.default_privacy_number) ?? 'anonymous',
    useSipPrivacyHeader: isTrue(doc.use_sip_privacy_header, true),
    sipInterface: readNonEmpty(doc.sip_interface) ?? 'sipinterface_1',
    zone: readNonEmpty(doc.zone) ?? 'local',
    kazooTies: isTrue(doc.kazoo_ties),
    emergencyNumbersOnlyOverEmergencyResources: isTrue(
      doc.emergency_numbers_only_over_emergency_resources,
    ),
    emergencyResourcesOnlyForEmergencyNumbers: isTrue(
      doc.emergency_resources_only_for_emergency_numbers,
    ),
    resourceFlatRateLookup: isTrue(doc.resource_flat_rate_lookup),
    flatRateWhitelist: readNonEmpty(doc.flat_rate_whitelist),
    flatRateBlacklist: readNonEmpty(doc.flat_rate_blacklist),
  };
}

export function readMethod(text: string | undefined): PrivacyMethod | undefined {
  return text === 'kazoo' || text === 'sip' || text === 'none' ? text : undefined;
}

/** Weights are 0 to 100 in documents; 0 is routed as 1, as in Kazoo. */
export function clampWeight(weight: number): number {
  return Math.min(100, Math.max(1, weight));
}
