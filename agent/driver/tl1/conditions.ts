// TL1 condition types and GR-833 monitored parameters → the common vocabulary. Words: Adtran
// MX2800, Carrier Access Wide Bank 28, Cisco ONS 15454 and Paradyne 4200 manuals.

import type { LineCondition } from '../../span/line-status.ts';
import type { PerformanceCounter } from '../../span/performance.ts';
import type { Severity } from '../../span/span.ts';

const CONDITIONS: Readonly<Record<string, LineCondition>> = {
  LOS: 'LossOfSignal',
  LOF: 'LossOfFrame',
  OOF: 'LossOfFrame',
  AIS: 'RcvAIS',
  'AIS-L': 'RcvAIS',
  AISNAS: 'RcvAIS',
  RAI: 'RcvFarEndLOF',
  RFI: 'RcvFarEndLOF',
  YEL: 'RcvFarEndLOF',
};

/** The RFC 4805 condition of a TL1 `condtype`; undefined for one outside the MIB. */
export function lineCondition(condtype: string): LineCondition | undefined {
  const word = condtype.toUpperCase();
  return CONDITIONS[word] ?? (word.startsWith('LPBK') ? 'LoopbackState' : undefined);
}

const SEVERITIES: Readonly<Record<string, Severity>> = {
  CR: 'critical',
  MJ: 'major',
  MN: 'minor',
  CL: 'cleared',
  NA: 'warning',
  NR: 'warning',
};

/** The severity of a GR-833 notification code; undefined for any other word. */
export function severityOf(ntfcncde: string): Severity | undefined {
  return SEVERITIES[ntfcncde.toUpperCase()];
}

const COUNTERS: Readonly<Record<string, PerformanceCounter>> = {
  CVL: 'LCV',
  'CV-L': 'LCV',
  BPV: 'LCV',
  ESL: 'LES',
  'ES-L': 'LES',
  CVP: 'PCV',
  'CV-P': 'PCV',
  CRC: 'PCV',
  ESP: 'ES',
  'ES-P': 'ES',
  'ESB-P': 'BES',
  SESP: 'SES',
  'SES-P': 'SES',
  SASP: 'SEFS',
  'SEFS-P': 'SEFS',
  UASP: 'UAS',
  'UAS-P': 'UAS',
  CSSP: 'CSS',
};

export function counterOf(montype: string): PerformanceCounter | undefined {
  return COUNTERS[montype.toUpperCase()];
}
