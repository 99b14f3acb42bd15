// A serial line behind a terminal server that speaks RFC 2217. The option runs client WILL,
// server DO; a server's WONT to somebody's DO means nothing. Each command has a short time-out of
// its own and the port works without the answer: ser2net never answers DTR on a device without
// modem lines, and a raw port answers nothing at all (that is told).

import {
  CONTROL,
  type ComPortReply,
  decodeComPortReply,
  encodeControl,
  encodeLineSettings,
  type LineSettings,
} from '../codec/rfc2217/com-port.ts';
import { OPTION } from '../codec/telnet/telnet-bytes.ts';
import { CraftportError } from '../base/error.ts';
import type { OpenPort } from './port.ts';
import { refusalOf, withRefusals } from './refusal.ts';
import { TelnetLink } from './telnet-port.ts';

const NEGOTIATION_MS = 3_000;
const COMMAND_MS = 1_000;

/** @param onNote told what the server did not do, in words for a technician */
export function openRfc2217(
  open: OpenPort,
  line: LineSettings,
  onNote: (note: string) => void = () => undefined,
): OpenPort {
  return async (signal) => {
    const link = new TelnetLink(await open(signal), { carriageReturn: 'bare', comPort: true });
    try {
      await link.listenFirst();
      await negotiate(link, signal);
      await setLine(link, line, onNote, signal);
    } catch (error) {
      await link.close();
      throw error;
    }
    return withRefusals({
      name: link.name,
      incoming: link.incoming,
      send: (bytes) => link.send(bytes),
      async sendBreak(ms) {
        await link.sendSubnegotiation(OPTION.comPort, encodeControl(CONTROL.breakOn));
        await new Promise((resolve) => setTimeout(resolve, ms));
        await link.sendSubnegotiation(OPTION.comPort, encodeControl(CONTROL.breakOff));
      },
      close: () => link.close(),
    });
  };
}

/** @throws transport.open-failed where the other end is no RFC 2217 server; transport.busy */
async function negotiate(link: TelnetLink, signal: AbortSignal): Promise<void> {
  const agreed = within(NEGOTIATION_MS, signal, (done) =>
    link.onChange(() => {
      if (link.isOn('ours', OPTION.comPort)) done(true);
      else if (link.hasEnded) done(false);
    }),
  );
  await link.ask('ours', OPTION.comPort);
  await link.ask('ours', OPTION.binary);
  await link.ask('theirs', OPTION.binary);
  await link.ask('theirs', OPTION.suppressGoAhead);
  const agreement = await agreed;
  if (agreement === false) throw refusalOf(link.name, link.incoming.takeAll());
  if (agreement === undefined)
    throw new CraftportError(
      'transport.open-failed',
      `${link.name} does not speak RFC 2217; if it is a raw port, write tcp:// instead`,
      { detail: { port: link.name } },
    );
}

async function setLine(
  link: TelnetLink,
  line: LineSettings,
  onNote: (note: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const { name, payload } of encodeLineSettings(line)) {
    const answered = within(COMMAND_MS, signal, (done: (reply: ComPortReply) => void) =>
      link.onSubnegotiation((option, bytes) => {
        const reply = decodeComPortReply(bytes);
        if (option === OPTION.comPort && reply.kind === name) done(reply);
      }),
    );
    await link.sendSubnegotiation(OPTION.comPort, payload);
    const reply = await answered;
    if (reply === undefined) onNote(`The terminal server did not answer the setting of ${name}`);
    else if (reply.kind === 'baud' && reply.baud !== line.baud)
      onNote(`The terminal server set ${String(reply.baud)} baud instead of ${String(line.baud)}`);
  }
}

/** What `watch` reports within `ms`, or undefined. @throws the signal's reason */
function within<T>(
  ms: number,
  signal: AbortSignal,
  watch: (done: (value: T) => void) => () => void,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const finish = (act: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      stop();
      act();
    };
    const abort = (): void => finish(() => reject(signal.reason as Error));
    const timer = setTimeout(() => finish(() => resolve(undefined)), ms);
    const stop = watch((value) => finish(() => resolve(value)));
    signal.addEventListener('abort', abort, { once: true });
  });
}
