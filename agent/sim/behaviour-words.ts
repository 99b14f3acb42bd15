// The words with which a person makes simulated gear misbehave.

import type { SimBehaviour } from './sim-device.ts';

export const BEHAVIOUR_USAGE =
  'alarm SPAN LOS|LOF|AIS|RAI | clear SPAN LOS|… | storm COUNT | slips SPAN COUNT | half-frame | silence SECONDS | reboot SECONDS | unplug SECONDS | wrong-ctag | lost-report | late SECONDS | log-lines COUNT | type TEXT';

const ALARMS = ['LOS', 'LOF', 'AIS', 'RAI'] as const;

/** @returns undefined for words that say nothing known */
export function behaviourOf(line: string): SimBehaviour | undefined {
  const [verb = '', first = '', second = ''] = line.trim().split(/\s+/);
  const count = wholeOf(first, 10_000);
  const ms = Math.round(Number(first === '' ? 'NaN' : first) * 1000);
  switch (verb) {
    case 'alarm':
    case 'clear': {
      const name = ALARMS.find((each) => each === (second === '' ? 'LOS' : second.toUpperCase()));
      return count === undefined || name === undefined
        ? undefined
        : { kind: 'alarm', span: count, name, raised: verb === 'alarm' };
    }
    case 'storm':
      return count === undefined ? undefined : { kind: 'alarm-storm', count };
    case 'slips': {
      const slips = wholeOf(second, 10_000);
      return count === undefined || slips === undefined
        ? undefined
        : { kind: 'slips', span: count, count: slips };
    }
    case 'log-lines':
      return count === undefined ? undefined : { kind: 'log-lines', count };
    case 'silence':
    case 'reboot':
    case 'unplug':
      return ms >= 0 && ms <= 3_600_000 ? { kind: verb, ms } : undefined;
    case 'late':
      return ms >= 0 && ms <= 3_600_000 ? { kind: 'late-answer', ms } : undefined;
    case 'half-frame':
    case 'wrong-ctag':
    case 'lost-report':
      return { kind: verb };
    case 'type': {
      const text = line.trim().slice('type '.length);
      return text === '' ? undefined : { kind: 'typist', text: text.replaceAll('\\r', '\r') };
    }
    default:
      return undefined;
  }
}

function wholeOf(text: string, most: number): number | undefined {
  const value = Number(text);
  return /^\d{1,6}$/.test(text) && value >= 1 && value <= most ? value : undefined;
}
