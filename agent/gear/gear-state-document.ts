// What is known of gear now, as clients see it (schemas/gear_state.json).

import type { FindingDoc, GearStateDoc } from '../../schemas/types.ts';
import type { GearFinding } from '../span/gear-driver.ts';
import { type GearUnit, linkOf } from './gear-unit.ts';

/** @param more findings that are not the driver's own */
export function gearStateDocument(unit: GearUnit, more: readonly GearFinding[] = []): GearStateDoc {
  const { live, problem } = unit;
  const state = live.state;
  const link = linkOf(unit);
  const findings = [
    ...(problem === undefined
      ? []
      : [{ code: 'gear.not-watched', span: undefined, message: problem }]),
    ...(link === 'off' ? [] : state.findings),
    ...more,
  ];
  return {
    link,
    ...(link === 'off' ? {} : { link_since: toIso(state.linkSinceMs) }),
    ...(state.readAtMs === undefined ? {} : { read_at: toIso(state.readAtMs) }),
    ...(state.readTookMs === undefined ? {} : { read_ms: state.readTookMs }),
    identity: state.identity,
    spans: live.spans.size,
    active_alarms: live.alarms.length,
    findings: findings.map(findingDocument),
    ...(state.lastError === undefined
      ? {}
      : {
          last_error: {
            code: state.lastError.code,
            message: state.lastError.message,
            at: toIso(state.lastError.atMs),
          },
        }),
  };
}

export function findingDocument({ code, span, message }: GearFinding): FindingDoc {
  return { code, ...(span === undefined ? {} : { span }), message };
}

export function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
