// API commands of the simulated FreeSWITCH: those a reader of FreeTDM uses, in the words that
// were recorded. What would change something is not there.

import {
  CHANNEL_FLAGS,
  CHANNEL_RECORD,
  filled,
  FTDM_USAGE,
  HISTORY_HEAD,
  LISTED_SPAN,
  NO_HISTORY,
  SHOW_CHANNELS_HEAD,
  TRANSITIONS,
} from './recorded.ts';
import type { SimChannel, SimSpan } from './sim-span.ts';
import type { SimSwitch } from './sim-switch.ts';
import { upTime } from './sim-teller.ts';

/** Output of a command; `hangs`: it never answers. */
export type ApiResult = { readonly text: string } | 'hangs';

export function runApi(sim: SimSwitch, line: string): ApiResult {
  const [command = '', ...words] = line.trim().split(/\s+/);
  const text = (output: string): ApiResult => ({ text: output });
  switch (command) {
    case 'ftdm':
      return sim.isLoaded ? ftdm(sim, words) : text('-ERR ftdm Command not found!\n');
    case 'version':
      return text('FreeSWITCH Version 1.11.3-dev~64bit ( 64bit)\n');
    case 'hostname':
      return text(sim.host);
    case 'module_exists':
      return text(String(sim.isLoaded && words[0] === 'mod_freetdm'));
    case 'global_getvar':
      return text(words[0] === 'core_uuid' ? sim.coreUuid : '-ERR no reply\n');
    case 'status':
      return text(
        `UP ${upTime(sim.upMs)}\nFreeSWITCH (Version 1.11.3-dev  64bit) is ready\n${String(sim.sessionsSinceStart)} session(s) since startup\n`,
      );
    case 'show':
      return text(
        words[0] === 'channels' && words[1] === 'like' ? shownChannels(sim) : '-ERR no reply\n',
      );
    default:
      return text(`-ERR ${command} Command not found!\n`);
  }
}

function ftdm(sim: SimSwitch, words: readonly string[]): ApiResult {
  const [sub = '', ...rest] = words;
  const [spanName = '', channelText] = rest;
  switch (sub.toLowerCase()) {
    case 'list':
      if (sim.spans.some(({ isWedged }) => isWedged)) return 'hangs';
      return { text: sim.spans.map(listed).join('') || '-ERR no reply\n' };
    case 'dump': {
      if (spanName === '')
        return { text: '-ERR Usage: ftdm dump <span_id|span_name> [<chan_id>]\n' };
      const span = sim.span(spanName);
      if (span === undefined) return { text: '-ERR invalid span\n' };
      return span.isWedged ? 'hangs' : dump(sim, span, channelText);
    }
    case 'sigstatus':
      return sigstatus(sim, rest);
    case 'core':
      return { text: core(sim, rest) };
    default:
      return { text: FTDM_USAGE };
  }
}

function listed(span: SimSpan): string {
  const first = span.channels[0];
  return filled(LISTED_SPAN, {
    span: span.id,
    name: span.config.name,
    stack: span.config.stack,
    physical: first !== undefined && first.alarms.length > 0 ? 'alarmed' : 'ok',
    signalling: signallingOf(span),
    channels: span.channels.length,
    options: 'none',
  });
}

/** ISDN has one value; an analogue span is down when all of its channels are. */
function signallingOf({ channels, config }: SimSpan): string {
  const [first] = channels;
  if (config.stack === 'isdn') return first?.signalling ?? 'UP';
  return channels.every(({ signalling }) => signalling === 'DOWN') ? 'DOWN' : 'UP';
}

function dump(sim: SimSwitch, span: SimSpan, channelText: string | undefined): ApiResult {
  const number = Number.parseInt(channelText ?? '0', 10) || 0;
  if (number === 0)
    return {
      text: `+OK\n${span.channels.map((channel) => `${record(span, channel)}\n`).join('')}`,
    };
  const channel = span.channels[number - 1];
  if (channel === undefined) return { text: '-ERR invalid channel\n' };
  return { text: `${record(span, channel)}\n${history(sim, channel)}` };
}

function record(span: SimSpan, channel: SimChannel): string {
  const has = (alarm: string): number => (channel.alarms.some((each) => each === alarm) ? 1 : 0);
  const { call } = channel;
  const isInbound = call?.direction === 'inbound';
  return filled(CHANNEL_RECORD, {
    span: span.id,
    channel: channel.number,
    physical: channel.alarms.length > 0 ? 'alarmed' : 'ok',
    red: has('red'),
    yellow: has('yellow'),
    rai: has('rai'),
    blue: has('blue'),
    ais: has('ais'),
    general: has('general'),
    signalling: channel.signalling,
    type: channel.type,
    state: channel.state,
    last: channel.lastState,
    txgain: '0.00',
    rxgain: '0.00',
    callerName: call?.callerName ?? '',
    caller: call?.caller ?? '',
    aniII: isInbound && span.config.stack === 'isdn' ? '00' : '',
    called: call?.called ?? '',
    cause: 'NONE',
    session: call?.uuid ?? '(none)',
  });
}

function history(sim: SimSwitch, channel: SimChannel): string {
  if (channel.history.length === 0) return `${NO_HISTORY}\n`;
  const column = (text: string): string => text.padEnd(30).slice(0, 30);
  let before: number | undefined;
  const lines = channel.history.map(({ from, to, atMs }) => {
    const [where, place] = TRANSITIONS[`${from} ${to}`] ?? ['state_advance', 'ftmod_libpri.c:1129'];
    const offset = Math.round(atMs - (before ?? atMs));
    before = atMs;
    const change = `${from.slice(0, 15).padEnd(5)} => ${to.slice(0, 15)}`;
    return `${column(change)} ${column(`[${where}]`)} ${column(`[${place}]`)} ${String(offset)}ms\n`;
  });
  const since = Math.round(sim.steadyMs - (before ?? sim.steadyMs));
  return `${HISTORY_HEAD}${lines.join('')}\nTime since last state change: ${String(since)}ms\n\n`;
}

function sigstatus(sim: SimSwitch, [verb, name = '', channelText]: readonly string[]): ApiResult {
  if (verb !== 'get') return { text: '-ERR no reply\n' };
  const span = sim.span(name);
  if (span === undefined) return { text: `-ERR invalid span ${name}\n` };
  if (span.isWedged) return 'hangs';
  if (channelText === undefined) return { text: `signaling_status: ${signallingOf(span)}\n` };
  const channel = span.channels[Number(channelText) - 1];
  return {
    text:
      channel === undefined
        ? `-ERR invalid channel id '${channelText}'\n`
        : `Channel ${channelText} signaling status: ${channel.signalling}\n`,
  };
}

function core(sim: SimSwitch, [verb, what = '', spanName]: readonly string[]): string {
  const isNot = what.startsWith('!');
  const word = isNot ? what.slice(1) : what;
  switch (verb) {
    case 'spanflag':
      return spanFlag(sim, word, isNot);
    case 'flag':
      return channelFlag(sim, word, isNot, spanName);
    case 'state': {
      const found = everyChannel(sim).filter(([, { state }]) => (state === word) !== isNot);
      const lines = found.map(
        ([span, channel]) => `${at(span, channel)} in state ${channel.state}\n`,
      );
      return `${lines.join('')}\nTotal channels ${isNot ? 'not ' : ''}in state ${word}: ${String(found.length)}\n`;
    }
    case 'calls': {
      const lines = sim.calls.map(
        ({ span, channel }, index) =>
          `Call ${String(index + 1)} on channel ${String(span.id)}:${String(channel.number)}\n`,
      );
      return `${lines.join('')}\nTotal calls: ${String(lines.length)}\n`;
    }
    default:
      return 'core command requires an argument\n';
  }
}

function spanFlag(sim: SimSwitch, word: string, isNot: boolean): string {
  if (word !== 'started') return 'invalid flag\n';
  const found = sim.spans.filter(({ isStarted }) => isStarted !== isNot);
  const mark = isNot ? '!1(!started)' : '1(started)';
  return `${found.map(({ id }) => `[s${String(id)}] flag ${mark}\n`).join('')}\nTotal spans ${isNot ? 'without' : 'with'} flag 1: ${String(found.length)}\n`;
}

function channelFlag(
  sim: SimSwitch,
  word: string,
  isNot: boolean,
  spanName: string | undefined,
): string {
  const bit = CHANNEL_FLAGS[word as keyof typeof CHANNEL_FLAGS] as number | undefined;
  if (bit === undefined) return 'invalid flag\n';
  const span = spanName === undefined ? undefined : sim.span(spanName);
  if (spanName !== undefined && span === undefined) return `-ERR span:${spanName} not found\n`;
  const concerned = everyChannel(sim).filter(([each]) => span === undefined || each === span);
  const found = concerned.filter(([, channel]) => hasFlag(channel, word) !== isNot);
  const mark = isNot ? `!${String(bit)}(!${word})` : `${String(bit)}(${word})`;
  const lines =
    span === undefined
      ? found.map((each) => `${at(...each)} flag ${mark}\n`)
      : concerned.map(
          ([of, channel]) =>
            `${at(of, channel)} flag ${mark} ${hasFlag(channel, word) !== isNot ? 'ON' : 'OFF'}\n`,
        );
  return `${lines.join('')}\nTotal channels ${isNot ? 'without' : 'with'} flag ${String(bit)}: ${String(found.length)}\n`;
}

function hasFlag(channel: SimChannel, word: string): boolean {
  switch (word) {
    case 'in-use':
      return channel.type === 'DQ921' || channel.call !== undefined;
    case 'suspended':
      return channel.isSuspended;
    case 'in-alarm':
      return channel.alarms.length > 0;
    default:
      return channel.signalling === 'UP';
  }
}

function everyChannel(sim: SimSwitch): readonly (readonly [SimSpan, SimChannel])[] {
  return sim.spans.flatMap((span) => span.channels.map((channel) => [span, channel] as const));
}

function at({ id }: SimSpan, { number }: SimChannel): string {
  return `[s${String(id)}c${String(number)}][${String(id)}:${String(number)}]`;
}

function shownChannels(sim: SimSwitch): string {
  const rows = sim.calls.map(({ span, channel, call }) => {
    const created = new Date(call.createdMs).toISOString().slice(0, 19).replace('T', ' ');
    const isOut = call.direction === 'outbound';
    const name = isOut ? 'Outbound Call' : call.callerName;
    const number = isOut ? call.called : call.caller;
    return [
      call.uuid,
      call.direction,
      created,
      Math.floor(call.createdMs / 1000),
      `FreeTDM/${String(span.id)}:${String(channel.number)}/${call.called}`,
      'CS_EXECUTE',
      name,
      number,
      '',
      call.called,
      'park',
      '',
      isOut ? '' : 'XML',
      'default',
      ...['PCMA', 8000, 64000, 'PCMA', 8000, 64000, '', sim.host, '', '', '', 'ACTIVE'],
      ...[
        '',
        '',
        isOut ? 'RECV' : '',
        isOut ? call.uuid : '',
        '',
        '',
        '',
        isOut ? '' : call.caller,
      ],
      ...['', call.called, isOut ? '' : 'XML', 'default'],
    ].join(',');
  });
  const total = `\n${String(rows.length)} total.\n`;
  return rows.length === 0
    ? total
    : `${SHOW_CHANNELS_HEAD}${rows.map((row) => `${row}\n`).join('')}${total}`;
}
