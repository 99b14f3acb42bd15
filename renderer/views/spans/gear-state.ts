import { isObject, type JsonObject } from '../../../agent/client/index.ts';

/** What is known of gear now: beside its document in replies, the same names in events. */
export function stateOf(gear: JsonObject): JsonObject {
  return isObject(gear['state']) ? gear['state'] : {};
}
