// The one event FreeTDM fires: TRAP, one a channel, with the whole set of its alarms in
// repeated `alarm` headers. Other modules fire TRAP too, and the GSM stack for messages.

import type { EslEvent } from '../esl/event.ts';
import { ALARM_WORDS, type AlarmWord } from './channel-dump.ts';
import type { ChannelAddress } from './core.ts';

export interface AlarmTrap extends ChannelAddress {
  readonly spanName: string;
  readonly isAlarmed: boolean;
  readonly alarms: readonly AlarmWord[];
}

/** @returns undefined for events that are no alarm of FreeTDM */
export function alarmTrap({ name, headers }: EslEvent): AlarmTrap | undefined {
  if (name !== 'TRAP') return undefined;
  const condition = headers.first('condition');
  if (condition !== 'ftdm-alarm-trap' && condition !== 'ftdm-alarm-clear') return undefined;
  const spanId = wholeNumber(headers.first('span-number'));
  const channelId = wholeNumber(headers.first('chan-number'));
  if (spanId === undefined || channelId === undefined) return undefined;
  const said = new Set(headers.all('alarm').map((word) => word.toLowerCase()));
  const isAlarmed = condition === 'ftdm-alarm-trap';
  return {
    spanId,
    channelId,
    spanName: headers.first('span-name') ?? '',
    isAlarmed,
    alarms: isAlarmed ? ALARM_WORDS.filter((word) => said.has(word)) : [],
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
