// What an agent says of its site (`GET /v2/site`), read with suspicion: agents are other
// people's machines, and some are older than this program.

import { isJsonObject, type JsonValue } from '../../agent/base/json.ts';
import type { IpcSiteFacts, JsonSchema } from '../../schemas/ipc.ts';

/** As it is kept on the disk. */
export const FACTS_SCHEMA: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['version'],
  properties: {
    version: { type: 'string', maxLength: 40 },
    alarms: counts(['critical', 'major', 'minor', 'warning', 'unacknowledged']),
    jobs: counts(['running', 'paused']),
    gear: counts(['connecting', 'connected', 'down', 'off']),
    spans: { type: 'integer', minimum: 0 },
  },
};

function counts(names: readonly string[]): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    required: names,
    properties: Object.fromEntries(names.map((name) => [name, { type: 'integer', minimum: 0 }])),
  };
}

/** @returns undefined for what no agent says */
export function readFacts(data: JsonValue | undefined): IpcSiteFacts | undefined {
  if (!isJsonObject(data)) return undefined;
  const version = data['version'];
  if (typeof version !== 'string') return undefined;
  const { alarms, jobs, gear, spans } = data;
  const facts = {
    version: versionText(version),
    alarms: readCounts(alarms, ['critical', 'major', 'minor', 'warning', 'unacknowledged']),
    jobs: readCounts(jobs, ['running', 'paused']),
    gear: readCounts(gear, ['connecting', 'connected', 'down', 'off']),
    spans: isCount(spans) ? spans : undefined,
  };
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  ) as unknown as IpcSiteFacts;
}

/** Printable and short, whatever it was. */
function versionText(text: string): string {
  return text.replaceAll(/[^\w.+-]/g, '').slice(0, 40);
}

function readCounts<Name extends string>(
  value: JsonValue | undefined,
  names: readonly Name[],
): Readonly<Record<Name, number>> | undefined {
  if (!isJsonObject(value)) return undefined;
  const read = names.map((name) => {
    const count = value[name];
    return [name, isCount(count) ? count : 0] as const;
  });
  return Object.fromEntries(read) as Readonly<Record<Name, number>>;
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
