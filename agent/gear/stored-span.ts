// A known span as it is kept over a restart. Only changed values are written, so that an idle
// site does not wear out its disk; the age of what did not change is that of the gear's last
// reading, which is kept beside.

import type { JsonObject } from '../base/json.ts';
import type { KnownChannel, KnownSpan, SpanValues } from './live-gear.ts';

interface SpanJson {
  readonly report: SpanValues;
  readonly read_ms: number;
  readonly missing_since_ms?: number;
  readonly channels: readonly {
    readonly report: KnownChannel['report'];
    readonly read_ms: number;
  }[];
}

export function spanToJson(span: KnownSpan): JsonObject {
  const json: SpanJson = {
    report: span.report,
    read_ms: span.readMs,
    ...(span.missingSinceMs === undefined ? {} : { missing_since_ms: span.missingSinceMs }),
    channels: [...span.channels.values()].map(({ report, readMs }) => ({
      report,
      read_ms: readMs,
    })),
  };
  return json as unknown as JsonObject;
}

/** @param gearReadMs when all of the gear was last read; 0: never */
export function spanFromJson(doc: JsonObject, gearReadMs: number): KnownSpan {
  const json = doc as unknown as SpanJson;
  const age = (readMs: number): number =>
    json.missing_since_ms === undefined ? Math.max(readMs, gearReadMs) : readMs;
  return {
    report: json.report,
    readMs: age(json.read_ms),
    turn: 0,
    missingSinceMs: json.missing_since_ms,
    channels: new Map(
      json.channels.map(({ report, read_ms }) => [
        report.number,
        { report, readMs: age(read_ms), turn: 0 },
      ]),
    ),
  };
}
