import { isObject, type JsonObject, textOf } from '../../../agent/client/index.ts';

/** What is known of gear now: beside its document in replies, the same names in events. */
export function stateOf(gear: JsonObject): JsonObject {
  return isObject(gear['state']) ? gear['state'] : {};
}

/** Whether its link is a line that people can share; a socket or a file is none. */
export function hasConsole(gear: JsonObject): boolean {
  return !/^(?:esl|file):/.test(textOf(gear['link']));
}
