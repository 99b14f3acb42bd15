// The address of gear as a URL, read once. A link never holds a password: those are kept
// encrypted beside it.
//
//   serial:///dev/serial/by-id/usb-…?baud=9600&data=8&parity=none&stop=1&flow=none
//   tcp://host:port                       raw
//   telnet://host:port?cr=nul|bare        a device's own server, or a terminal server (bare)
//   rfc2217://host:port?baud=9600…        a serial line behind a terminal server
//   ssh://user@host:port?hostkey=SHA256:… a shell; the host key is pinned

import type { CarriageReturn } from '../codec/telnet/telnet-bytes.ts';
import type { FlowControl, LineSettings, Parity } from '../codec/rfc2217/com-port.ts';
import { type CraftportError, invalidFields } from '../base/error.ts';

export interface HostAddress {
  readonly host: string;
  readonly port: number;
}

export type Link =
  | { readonly kind: 'serial'; readonly path: string; readonly line: LineSettings }
  | ({ readonly kind: 'tcp' } & HostAddress)
  | ({ readonly kind: 'telnet'; readonly carriageReturn: CarriageReturn } & HostAddress)
  | ({ readonly kind: 'rfc2217'; readonly line: LineSettings } & HostAddress)
  | ({
      readonly kind: 'ssh';
      readonly username: string | undefined;
      /** `SHA256:<base64>` as ssh-keygen prints it; undefined until the first connection. */
      readonly hostKey: string | undefined;
    } & HostAddress);

const DEFAULT_PORTS: Readonly<Record<string, number>> = { telnet: 23, ssh: 22 };

/**
 * @throws request.invalid for the field `link`, saying what is wrong in it
 */
export function parseLink(text: string): Link {
  if (!URL.canParse(text)) throw bad('It is no address; one looks like tcp://10.0.0.7:3083');
  const url = new URL(text);
  if (url.password !== '') throw bad('It holds a password, which belongs in the password field');
  const query = new Query(url.searchParams);
  const link = readLink(url, query);
  query.assertAllKnown();
  return link;
}

function readLink(url: URL, query: Query): Link {
  switch (url.protocol) {
    case 'serial:':
      return { kind: 'serial', path: devicePath(url), line: lineSettings(query) };
    case 'tcp:':
      return { kind: 'tcp', ...address(url) };
    case 'telnet:':
      return {
        kind: 'telnet',
        ...address(url),
        carriageReturn: query.choice('cr', ['nul', 'bare'], 'nul'),
      };
    case 'rfc2217:':
      return { kind: 'rfc2217', ...address(url), line: lineSettings(query) };
    case 'ssh:':
      return {
        kind: 'ssh',
        ...address(url),
        username: url.username === '' ? undefined : decodeURIComponent(url.username),
        hostKey: hostKey(query),
      };
    default:
      throw bad(`${url.protocol}// is none of serial, tcp, telnet, rfc2217, ssh`);
  }
}

function devicePath(url: URL): string {
  const path = decodeURIComponent(url.pathname);
  // serial:///COM3 names a port of Windows, which has no folder before it.
  const device = /^\/COM\d+$/i.test(path) ? path.slice(1) : path;
  if (url.host !== '' || device.length < 2)
    throw bad('A serial link has three slashes and the device: serial:///dev/ttyUSB0');
  if (device.includes('\0') || device.split('/').includes('..'))
    throw bad('The device is no plain path');
  return device;
}

function address(url: URL): HostAddress {
  const port = url.port === '' ? DEFAULT_PORTS[url.protocol.slice(0, -1)] : Number(url.port);
  if (url.hostname === '') throw bad('It names no host');
  if (port === undefined || port === 0) throw bad('It names no port: add :PORT after the host');
  // Brackets around an IPv6 address belong to the URL.
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port };
}

function lineSettings(query: Query): LineSettings {
  return {
    baud: query.number('baud', 9600, (baud) => Number.isInteger(baud) && baud >= 50 && baud <= 4e6),
    dataBits: query.number('data', 8, (n) => [5, 6, 7, 8].includes(n)) as LineSettings['dataBits'],
    parity: query.choice<Parity>('parity', ['none', 'odd', 'even', 'mark', 'space'], 'none'),
    stopBits: query.number('stop', 1, (n) => [1, 1.5, 2].includes(n)) as LineSettings['stopBits'],
    // Many craft cables have three wires: with hardware flow control writes would hang for ever.
    flow: query.choice<FlowControl>('flow', ['none', 'xonxoff', 'rtscts'], 'none'),
  };
}

function hostKey(query: Query): string | undefined {
  // A plus sign in a query means a blank; fingerprints are full of plus signs.
  const value = query.take('hostkey')?.replaceAll(' ', '+');
  if (value !== undefined && !/^SHA256:[A-Za-z0-9+/]{43}$/.test(value))
    throw bad('hostkey= is no fingerprint as ssh-keygen -lf prints it (SHA256:…)');
  return value;
}

/** The options behind `?`, each of which must be known. */
class Query {
  readonly #left: Map<string, string>;

  constructor(params: URLSearchParams) {
    this.#left = new Map(params);
  }

  take(name: string): string | undefined {
    const value = this.#left.get(name);
    this.#left.delete(name);
    return value;
  }

  choice<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = this.take(name);
    if (value === undefined) return fallback;
    const found = allowed.find((each) => each === value);
    if (found === undefined) throw bad(`${name}= is none of ${allowed.join(', ')}`);
    return found;
  }

  number(name: string, fallback: number, isGood: (value: number) => boolean): number {
    const text = this.take(name);
    const value = text === undefined ? fallback : Number(text);
    if (text?.trim() === '' || !isGood(value)) throw bad(`${name}=${text ?? ''} cannot be set`);
    return value;
  }

  assertAllKnown(): void {
    const [unknown] = this.#left.keys();
    if (unknown !== undefined) throw bad(`${unknown}= is no option of this kind of link`);
  }
}

function bad(why: string): CraftportError {
  return invalidFields({ link: { format: { message: why } } });
}
