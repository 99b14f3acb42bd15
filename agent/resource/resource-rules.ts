// What is particular to resource documents beyond their schema.

import { type FieldErrors, invalidFields } from '../base/error.ts';
import { type GrowingIds, isClientId } from '../base/ids.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { maskSecrets } from '../base/mask.ts';

/**
 * The part of `data` that is stored: top-level keys that begin with `_` or `pvt_` are private
 * and dropped in silence, `id` is the address (Crossbar reference §3.3), and an `auth_token` is
 * how some clients say who they are (§1.9). Nested ones stay.
 */
export function publicPart(data: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(data).filter(
      ([key]) =>
        key !== 'id' && key !== 'auth_token' && !key.startsWith('_') && !key.startsWith('pvt_'),
    ),
  );
}

/**
 * The id of a new document: the client's own, or a fresh one.
 * @throws request.invalid when the client's id is not `[A-Za-z0-9_-]{1,64}` or a word of the API
 */
export function idForNew(data: JsonObject, ids: GrowingIds): string {
  const id = data['id'];
  if (id === undefined) return ids.next();
  const reserved: readonly JsonValue[] = ['collection', 'jobs'];
  if (isClientId(id) && !reserved.includes(id)) return id;
  const pattern = '^(?!collection$|jobs$)[A-Za-z0-9_-]{1,64}$';
  throw invalidFields({
    id:
      typeof id === 'string'
        ? {
            pattern: {
              message: `Failed to match pattern '${pattern}'`,
              target: pattern,
              value: id.slice(0, 128),
            },
          }
        : {
            type: {
              message: 'Value did not match type(s): string',
              target: 'string',
              value: maskSecrets(id),
            },
          },
  });
}

/**
 * Peering is off unless `crossbar.resources` → `allow_peers` is set, and then needs an address
 * on every gateway (Crossbar reference §3.10). Checked on account resources only.
 * @throws request.invalid
 */
export function assertPeerAllowed(doc: JsonObject, allowPeers: boolean): void {
  if (doc['peer'] !== true && doc['peer'] !== 'true') return;
  if (!allowPeers)
    throw invalidFields({
      peer: {
        forbidden: {
          message: 'Peers are currently disabled, please contact the system admin',
        },
      },
    });
  const failures: Record<string, FieldErrors[string]> = {};
  const gateways = Array.isArray(doc['gateways']) ? (doc['gateways'] as readonly JsonValue[]) : [];
  gateways.forEach((gateway, index) => {
    if (!isJsonObject(gateway) || isIpv4(gateway['server']) || isIpv4(gateway['inbound_ip']))
      return;
    failures[`gateways.${String(index)}.server`] = {
      required: {
        message: 'Gateway server must be an IP when peering with the resource',
        cause: index,
      },
    };
  });
  if (Object.keys(failures).length > 0) throw invalidFields(failures);
}

function isIpv4(value: JsonValue | undefined): boolean {
  return (
    typeof value === 'string' && /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(value)
  );
}

const SUMMARY_KEYS = ['name', 'enabled', 'weight_cost', 'template_name', 'classifiers'];

/** A row of the list (Crossbar reference §3.2), with `weight` as text for older scripts. */
export function summaryRow(id: string, doc: JsonObject): JsonObject {
  const row: Record<string, JsonValue> = { id };
  for (const key of SUMMARY_KEYS) {
    const value = doc[key];
    if (value !== undefined) row[key] = value;
  }
  const weight = doc['weight_cost'];
  if (typeof weight === 'number') row['weight'] = String(weight);
  return row;
}
