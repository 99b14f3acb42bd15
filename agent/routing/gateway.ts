// One gateway of a resource with everything that no request changes already worked out.

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { PrivacyMethod, RoutingConfig } from './config.ts';
import { outboundHeaders, type Headers } from './headers.ts';
import { hasInviteParameters } from './invite-parameters.ts';
import {
  isTrue,
  member,
  readInteger,
  readList,
  readNonEmpty,
  readObject,
  readText,
  readTexts,
} from './json-read.ts';
import { readPrivacy, type Privacy } from './privacy.ts';

export interface Gateway {
  /** Place in the document. */
  readonly index: number;
  readonly enabled: boolean;
  readonly endpointType: string;
  readonly inviteFormat: string;
  /** Set: dialled as it is, and number, prefix, suffix, server and port are ignored. */
  readonly route: string | undefined;
  readonly server: string | undefined;
  /** undefined when absent, 0, unreadable or 5060. */
  readonly port: number | undefined;
  readonly prefix: string;
  readonly suffix: string;
  readonly codecs: readonly string[];
  readonly auth: {
    readonly user: string | null;
    readonly password: string | null;
    readonly realm: string | null;
  };
  readonly sipInterface: string | null;
  readonly callerIdType: string;
  readonly bypassMedia: boolean;
  readonly faxOption: boolean;
  /** Seconds; null: none. */
  readonly progressTimeout: number | null;
  readonly headers: Headers;
  readonly channelVars: Headers;
  /** undefined when it asks for none. */
  readonly inviteParameters: JsonObject | undefined;
  readonly emergency: boolean;
  readonly privacyMethod: PrivacyMethod;
  readonly hideName: boolean;
  readonly hideNumber: boolean;
  readonly rtcpMux: string | null;
  readonly fromUri: {
    readonly format: boolean;
    readonly realm: string | null;
    readonly account_realm: boolean;
  };
  readonly options: Readonly<Record<string, string | boolean>>;
}

/** What a gateway takes from its resource. */
export interface GatewayDefaults {
  readonly doc: JsonObject;
  /** Set by a classifier: they stand above what the gateway says. */
  readonly prefix: string | undefined;
  readonly suffix: string | undefined;
  readonly emergency: boolean;
  readonly privacy: Privacy;
}

/** Gateways in document order; what is no object is left out and keeps its place's number. */
export function readGateways(resource: GatewayDefaults, config: RoutingConfig): readonly Gateway[] {
  return readList(resource.doc.gateways).flatMap((value, index) =>
    isJsonObject(value) ? [readGateway(value, index, resource, config)] : [],
  );
}

function readGateway(
  doc: JsonObject,
  index: number,
  resource: GatewayDefaults,
  config: RoutingConfig,
): Gateway {
  const media = readObject(doc.media);
  const resourceMedia = readObject(resource.doc.media);
  const privacy = readPrivacy(doc);
  const port = readInteger(doc.port, 0);
  const progress = readInteger(doc.progress_timeout, config.defaultProgressTimeoutS);
  const endpointType = readNonEmpty(doc.endpoint_type) ?? 'sip';
  return {
    index,
    enabled: isTrue(doc.enabled, true),
    endpointType,
    inviteFormat: readNonEmpty(doc.invite_format) ?? 'route',
    route: readNonEmpty(doc.route) ?? config.defaultRoute,
    server: readNonEmpty(doc.server),
    port: port === 0 || port === 5060 ? undefined : port,
    prefix: resource.prefix ?? readText(doc.prefix) ?? config.defaultPrefix,
    suffix: resource.suffix ?? readText(doc.suffix) ?? config.defaultSuffix,
    codecs: readCodecs(doc, resourceMedia, config),
    auth: {
      user: readText(doc.username) ?? null,
      password: readText(doc.password) ?? null,
      realm: readText(doc.realm) ?? null,
    },
    sipInterface: readNonEmpty(doc.custom_sip_interface) ?? null,
    callerIdType: readNonEmpty(doc.caller_id_type) ?? config.defaultCallerIdType,
    bypassMedia: isTrue(
      doc.bypass_media,
      isTrue(resourceMedia.bypass_media, config.defaultBypassMedia),
    ),
    faxOption: isTrue(media.fax_option, isTrue(resourceMedia.fax_option)),
    progressTimeout: progress === 0 ? null : progress,
    headers: outboundHeaders(readObject(doc.custom_sip_headers)),
    channelVars: outboundHeaders(readObject(doc.custom_channel_vars)),
    inviteParameters: hasInviteParameters(doc.invite_parameters)
      ? readObject(doc.invite_parameters)
      : undefined,
    // A gateway can add emergency, never take the resource's away.
    emergency: resource.emergency || isTrue(doc.emergency),
    privacyMethod: privacy.method ?? resource.privacy.method ?? config.privacyMethod,
    hideName: privacy.hideName || resource.privacy.hideName,
    hideNumber: privacy.hideNumber || resource.privacy.hideNumber,
    rtcpMux: readText(media.rtcp_mux) ?? config.defaultRtcpMux ?? null,
    fromUri: readFromUri(doc, resource.doc),
    options: readOptions(doc, endpointType),
  };
}

/** A gateway's own list counts even when empty or null: then no codec is named. */
function readCodecs(doc: JsonObject, media: JsonObject, config: RoutingConfig): readonly string[] {
  const own = member(doc, 'codecs');
  if (own !== undefined) return readTexts(own);
  const named = (value: JsonValue | undefined, otherwise: readonly string[]) => {
    const codecs = member(readObject(value), 'codecs');
    return codecs === undefined ? otherwise : readTexts(codecs);
  };
  const inherited = [
    ...named(media.audio, config.defaultAudioCodecs),
    ...named(media.video, config.defaultVideoCodecs),
  ];
  return inherited.length > 0 ? inherited : config.defaultCodecs;
}

/** Realm by precedence: from_uri_realm, the account's, the gateway's own; else no From URI. */
function readFromUri(doc: JsonObject, resource: JsonObject): Gateway['fromUri'] {
  if (!isTrue(doc.format_from_uri, isTrue(resource.format_from_uri))) {
    return { format: false, realm: null, account_realm: false };
  }
  const realm = readNonEmpty(doc.from_uri_realm) ?? readNonEmpty(resource.from_uri_realm);
  if (realm !== undefined) return { format: true, realm, account_realm: false };
  if (isTrue(doc.from_account_realm, isTrue(resource.from_account_realm))) {
    return { format: true, realm: null, account_realm: true };
  }
  const own = readNonEmpty(doc.realm) ?? null;
  return { format: own !== null, realm: own, account_realm: false };
}

function readOptions(doc: JsonObject, type: string): Gateway['options'] {
  if (type === 'freetdm') {
    const span = readText(doc.span);
    const selection = readNonEmpty(doc.channel_selection) ?? 'ascending';
    return { ...(span !== undefined && { span }), channel_selection: selection };
  }
  if (type === 'skype') {
    const name = readNonEmpty(doc.skype_interface);
    return {
      ...(name !== undefined && { skype_interface: name }),
      skype_rr: isTrue(doc.skype_rr, true),
    };
  }
  return {};
}
