// FreeTDM's words for alarms, signalling and states of channels, in ours.

import type { AlarmWord } from '../../codec/ftdm/channel-dump.ts';
import type { LineCondition } from '../../span/line-status.ts';
import type { ChannelReport, Severity, Signalling } from '../../span/span.ts';

/**
 * Which card the spans are on. FreeTDM does not say, and it copies the alarm bits of DAHDI's
 * kernel unmapped, so that with a DAHDI card each colour is the name of another alarm.
 */
export type Card = 'dahdi' | 'other' | 'unknown';

export interface AlarmMeaning {
  /** As an alarm is called: `RED`, `AIS`, `D-channel down`. */
  readonly name: string;
  readonly severity: Severity;
  readonly condition: LineCondition;
  readonly explanation: string;
}

const RED: AlarmMeaning = {
  name: 'RED',
  severity: 'critical',
  condition: 'LossOfFrame',
  explanation: 'No usable signal arrives: cable, far end or its power.',
};
const FAR_END =
  'The far end does not hear this one: look at the transmit pair and what it plugs into.';
const UPSTREAM = 'All ones arrive: something further up the line has failed.';

const AS_SAID: Readonly<Record<AlarmWord, AlarmMeaning>> = {
  red: RED,
  yellow: { name: 'YELLOW', severity: 'major', condition: 'RcvFarEndLOF', explanation: FAR_END },
  rai: { name: 'RAI', severity: 'major', condition: 'RcvFarEndLOF', explanation: FAR_END },
  blue: { name: 'BLUE', severity: 'critical', condition: 'RcvAIS', explanation: UPSTREAM },
  ais: { name: 'AIS', severity: 'critical', condition: 'RcvAIS', explanation: UPSTREAM },
  general: {
    name: 'GENERAL',
    severity: 'major',
    condition: 'OtherFailure',
    explanation: 'The card reports a fault without saying which.',
  },
};

/** The kernel's bit that stands where FreeTDM has the word (reference: freetdm §4.3). */
const ON_DAHDI: Readonly<Record<AlarmWord, AlarmMeaning>> = {
  red: {
    name: 'RECOVERING',
    severity: 'minor',
    condition: 'OtherFailure',
    explanation: 'The line is coming back; FreeTDM shows it as red.',
  },
  yellow: {
    name: 'LOOPBACK',
    severity: 'major',
    condition: 'LoopbackState',
    explanation: 'The line is looped; FreeTDM shows it as yellow.',
  },
  rai: { ...AS_SAID.yellow, explanation: `${FAR_END} FreeTDM shows it as rai.` },
  blue: { ...RED, explanation: `${RED.explanation} FreeTDM shows it as blue.` },
  ais: { ...AS_SAID.blue, explanation: `${UPSTREAM} FreeTDM shows it as ais.` },
  general: AS_SAID.general,
};

/** Alarmed without any word: the kernel's LOS, LFA and LMFA have no bit in FreeTDM. */
export const WORDLESS: AlarmMeaning = {
  name: 'ALARM',
  severity: 'critical',
  condition: 'OtherFailure',
  explanation:
    'FreeTDM says alarmed and no colour; on a DAHDI card that is loss of signal or of frame.',
};

export function alarmMeaning(word: AlarmWord, card: Card): AlarmMeaning {
  return card === 'dahdi' ? ON_DAHDI[word] : AS_SAID[word];
}

export const COLOUR_CAVEAT =
  'FreeTDM does not say which card this is. On a DAHDI card its colours are shifted: red means recovering, yellow loopback, rai yellow, blue red, and ais blue. Setting the card in the options of the gear makes them right.';

export const DAHDI_CAVEAT =
  'Colours are translated back from what FreeTDM makes of a DAHDI card. One alarm of single channels cannot be told from a recovering line; the dahdi driver reads the card itself.';

export function toSignalling(status: string | undefined): Signalling {
  switch (status) {
    case 'UP':
      return 'up';
    case 'SUSPENDED':
      return 'suspended';
    case 'DOWN':
      return 'down';
    default:
      return 'unknown';
  }
}

const TYPES: Readonly<Record<string, ChannelReport['type']>> = {
  B: 'B',
  DQ921: 'D',
  DQ931: 'D',
  FXS: 'FXS',
  FXO: 'FXO',
  EM: 'EM',
  CAS: 'CAS',
};

export function toChannelType(type: string): ChannelReport['type'] {
  return TYPES[type] ?? 'unknown';
}

/** States in which a call has the channel. */
const CALL_STATES: ReadonlySet<string> = new Set([
  'HOLD',
  'DIALTONE',
  'COLLECT',
  'RING',
  'RINGING',
  'BUSY',
  'ATTN',
  'GENRING',
  'DIALING',
  'GET_CALLERID',
  'CALLWAITING',
  'PROCEED',
  'PROGRESS',
  'PROGRESS_MEDIA',
  'UP',
  'TRANSFER',
  'IDLE',
  'TERMINATING',
  'CANCEL',
  'HANGUP',
  'HANGUP_COMPLETE',
]);
/** States in which no call can have it for now. */
const HELD_STATES: ReadonlySet<string> = new Set(['SUSPENDED', 'RESTART', 'RESET', 'IN_LOOP']);

export interface StateInputs {
  readonly state: string;
  readonly isAlarmed: boolean;
  readonly isSuspended: boolean;
  readonly signalling: Signalling;
  readonly isStarted: boolean;
}

/** What a channel can do for a call (availability: reference, freetdm §4.2). */
export function toChannelState(inputs: StateInputs): ChannelReport['state'] {
  const { state, isAlarmed, isSuspended, signalling, isStarted } = inputs;
  if (CALL_STATES.has(state)) return 'busy';
  if (isAlarmed || !isStarted || signalling === 'down') return 'out_of_service';
  if (isSuspended || signalling === 'suspended' || HELD_STATES.has(state)) return 'blocked';
  return state === 'DOWN' ? 'idle' : 'unknown';
}
