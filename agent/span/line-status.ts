// RFC 4805 dsx1LineStatus: what is wrong with a line, as a sum of bits. The agent's alarm
// vocabulary over all gear.

import type { AlarmReport, LineStatus, Severity } from './span.ts';

/** Bit and name of each condition, as the MIB has them. */
export const LINE_STATUS_BITS = {
  RcvFarEndLOF: 2,
  XmtFarEndLOF: 4,
  RcvAIS: 8,
  XmtAIS: 16,
  LossOfFrame: 32,
  LossOfSignal: 64,
  LoopbackState: 128,
  T16AIS: 256,
  RcvFarEndLOMF: 512,
  XmtFarEndLOMF: 1024,
  RcvTestCode: 2048,
  OtherFailure: 4096,
  UnavailSigState: 8192,
  NetEquipOOS: 16384,
  RcvPayloadAIS: 32768,
  Ds2PerfThreshold: 65536,
} as const;

export type LineCondition = keyof typeof LINE_STATUS_BITS;

/** The sum and the names of `conditions`; `NoAlarm` (1) when there are none. */
export function lineStatus(conditions: Iterable<LineCondition>): LineStatus {
  const present = new Set(conditions);
  const names = (Object.keys(LINE_STATUS_BITS) as LineCondition[]).filter((name) =>
    present.has(name),
  );
  if (names.length === 0) return { bits: 1, names: ['NoAlarm'] };
  return { bits: names.reduce((sum, name) => sum + LINE_STATUS_BITS[name], 0), names };
}

interface AlarmMeaning {
  /** Our word for the alarm, the same over all gear. */
  readonly name: string;
  /** When the gear does not say. */
  readonly severity: Severity;
  readonly explanation: string;
}

/** What each condition means for a technician (ITU-T G.775, ANSI T1.231). */
const MEANINGS: Readonly<Partial<Record<LineCondition, AlarmMeaning>>> = {
  LossOfSignal: {
    name: 'LOS',
    severity: 'major',
    explanation: 'No pulses arrive: the cable, the far end’s transmitter or its power is gone.',
  },
  LossOfFrame: {
    name: 'LOF',
    severity: 'major',
    explanation: 'Pulses arrive but no frame: framing or line code differ from the far end.',
  },
  RcvAIS: {
    name: 'AIS',
    severity: 'major',
    explanation: 'All ones arrive: something upstream of the line has failed.',
  },
  XmtAIS: { name: 'AIS sent', severity: 'minor', explanation: 'This end sends all ones.' },
  RcvFarEndLOF: {
    name: 'RAI',
    severity: 'minor',
    explanation: 'The far end does not receive this end: look at the transmit pair.',
  },
  XmtFarEndLOF: {
    name: 'RAI sent',
    severity: 'warning',
    explanation: 'This end tells the far end that nothing usable arrives.',
  },
  LoopbackState: {
    name: 'LOOPBACK',
    severity: 'warning',
    explanation: 'The line is looped: no call can pass it.',
  },
};

/** The alarm that stands while `condition` does; `native` is the gear's own word. */
export function alarmOf(
  span: string | undefined,
  condition: LineCondition,
  severity?: Severity,
  native?: string,
): AlarmReport {
  const meaning = MEANINGS[condition] ?? {
    name: condition,
    severity: 'minor',
    explanation: `The gear reports ${condition}.`,
  };
  const said = native === undefined || native === '' ? '' : ` The gear says “${native}”.`;
  return {
    span,
    name: meaning.name,
    severity: severity ?? meaning.severity,
    explanation: meaning.explanation + said,
  };
}
