// A gear document as the agent works with it, and as people see it. Secrets leave it only
// towards the driver.

import type { JsonObject, JsonValue } from '../base/json.ts';
import { isJsonObject } from '../base/json.ts';
import { isSecretKey } from '../base/mask.ts';
import type { GearLink } from '../span/gear-driver.ts';
import type { GearDoc } from '../../schemas/types.ts';

export interface GearRecord {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly enabled: boolean;
  readonly link: GearLink;
  /** `SHA256:<base64>`, the SSH host key that is trusted; undefined: the first one is taken. */
  readonly hostKey: string | undefined;
  readonly options: JsonObject;
  /** undefined: the driver's own. */
  readonly pollS: number | undefined;
}

/** @param doc a stored document, secrets in clear */
export function gearRecord(id: string, doc: JsonObject): GearRecord {
  const gear = doc as unknown as GearDoc;
  return {
    id,
    name: gear.name,
    driver: gear.driver,
    enabled: gear.enabled ?? true,
    link: { url: gear.link, username: textOf(gear.username), password: textOf(gear.password) },
    hostKey: gear.host_key,
    options: (gear.options ?? {}) as JsonObject,
    pollS: gear.poll_interval_s,
  };
}

/** An empty text is how forms say that there is none. */
function textOf(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** Whether two records need the same driver in the same way; a host key counts from the next connection. */
export function isSameApproach(a: GearRecord, b: GearRecord): boolean {
  const part = ({ driver, enabled, link, options, pollS }: GearRecord): string =>
    JSON.stringify([driver, enabled, link, options, pollS]);
  return part(a) === part(b);
}

/** Without secrets at any depth; where one was, `has_…` says so. Also of sealed documents. */
export function withoutSecrets(doc: JsonObject): JsonObject {
  const members: [string, JsonValue][] = [];
  for (const [key, value] of Object.entries(doc))
    if (isSecretKey(key)) {
      if (value !== null && value !== '') members.push([`has_${key}`, true]);
    } else members.push([key, isJsonObject(value) ? withoutSecrets(value) : value]);
  return Object.fromEntries(members);
}

/** Every secret text of a document, for masking what is shown of a conversation. */
export function secretsOf(value: JsonValue | undefined): readonly string[] {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap(secretsOf);
  if (value === undefined || !isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    isSecretKey(key) && typeof member === 'string' && member !== '' ? [member] : secretsOf(member),
  );
}
