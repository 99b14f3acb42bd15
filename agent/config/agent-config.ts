// The agent's options: defaults, then the environment, then flags. Pure.

import { parseArgs } from 'node:util';
import { CraftportError } from '../base/error.ts';
import { LOG_LEVELS, type LogLevel } from './log-level.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** `auto`: HTTPS off loopback, HTTP on it. `always`: HTTPS on loopback too. */
export type TlsUse = 'auto' | 'always';

export interface AgentConfig {
  readonly dataDir: string;
  readonly listen: ListenAddress;
  readonly tls: TlsUse;
  readonly announce: boolean;
  readonly demo: boolean;
  readonly logLevel: LogLevel;
}

export interface TokenConfig {
  readonly dataDir: string;
  readonly lifeS: number;
}

export type Command =
  | { readonly name: 'agent'; readonly config: AgentConfig }
  | { readonly name: 'token'; readonly config: TokenConfig }
  | { readonly name: 'pair' | 'fingerprint'; readonly config: { readonly dataDir: string } }
  | { readonly name: 'verify-log'; readonly files: readonly string[] }
  | { readonly name: 'help' }
  | { readonly name: 'version' };

export const USAGE = `usage: craftport agent [--data-dir DIR] [--listen HOST:PORT] [--demo] [--log-level LEVEL]
                       [--tls auto|always] [--no-announce]
       craftport token [--data-dir DIR] [--life SECONDS]
       craftport pair [--data-dir DIR]
       craftport fingerprint [--data-dir DIR]
       craftport verify-log FILE...
       craftport --help | --version`;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Parses a command line without the program's name.
 * @throws config.invalid with one line that names the option
 */
export function parseCommand(
  argv: readonly string[],
  environment: Environment,
  defaultDataDir: string,
): Command {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help')
    return { name: 'help' };
  if (name === '--version' || name === '-v') return { name: 'version' };
  const baseDir = environment['CRAFTPORT_DATA_DIR'] ?? defaultDataDir;
  if (name === 'token') {
    const flags = parseFlags(rest, { 'data-dir': { type: 'string' }, life: { type: 'string' } });
    return {
      name,
      config: { dataDir: textOf(flags['data-dir']) ?? baseDir, lifeS: lifeOf(flags['life']) },
    };
  }
  if (name === 'pair' || name === 'fingerprint') {
    const flags = parseFlags(rest, { 'data-dir': { type: 'string' } });
    return { name, config: { dataDir: textOf(flags['data-dir']) ?? baseDir } };
  }
  if (name === 'verify-log') {
    if (rest.length === 0 || rest.some((file) => file.startsWith('--')))
      throw invalid('verify-log wants the files to verify, such as audit/GEAR-20260131.jsonl');
    return { name, files: rest };
  }
  if (name === 'agent') {
    const flags = parseFlags(rest, {
      'data-dir': { type: 'string' },
      listen: { type: 'string' },
      demo: { type: 'boolean' },
      tls: { type: 'string' },
      'no-announce': { type: 'boolean' },
      'log-level': { type: 'string' },
    });
    const listen = textOf(flags['listen']) ?? environment['CRAFTPORT_LISTEN'] ?? '127.0.0.1:8000';
    const level = textOf(flags['log-level']) ?? environment['CRAFTPORT_LOG_LEVEL'] ?? 'info';
    return {
      name,
      config: {
        dataDir: textOf(flags['data-dir']) ?? baseDir,
        listen: parseListenAddress(listen),
        tls: tlsUseOf(textOf(flags['tls']) ?? environment['CRAFTPORT_TLS'] ?? 'auto'),
        announce: flags['no-announce'] !== true,
        demo: flags['demo'] === true,
        logLevel: logLevelOf(level),
      },
    };
  }
  throw invalid(
    `unknown command '${name}'; commands are agent, token, pair, fingerprint and verify-log`,
  );
}

/**
 * `127.0.0.1:8000`, `localhost:0`, `[::1]:8000`, `0.0.0.0:8443`.
 * @throws config.invalid
 */
export function parseListenAddress(text: string): ListenAddress {
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || digits === undefined || port > 65_535)
    throw invalid(`--listen '${text}' is not HOST:PORT, for example 127.0.0.1:8000`);
  return { host, port };
}

/** Whether only this machine can reach the address; tokens may cross it in clear text. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** `http://127.0.0.1:8000`, with brackets around an IPv6 address. */
export function urlOf(address: ListenAddress, isSecure: boolean): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${isSecure ? 'https' : 'http'}://${host}:${String(address.port)}`;
}

function parseFlags(
  argv: readonly string[],
  options: Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>,
): Readonly<Record<string, unknown>> {
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : '';
    throw new CraftportError('config.invalid', reason, { cause });
  }
}

function lifeOf(value: unknown): number {
  if (value === undefined) return 3600;
  const life = typeof value === 'string' ? Number(value) : Number.NaN;
  if (!Number.isInteger(life) || life < 1 || life > 366 * 86_400)
    throw invalid(`--life is not a number of seconds from 1 to 31622400`);
  return life;
}

function tlsUseOf(text: string): TlsUse {
  if (text !== 'auto' && text !== 'always')
    throw invalid(`--tls '${text}' is neither auto nor always`);
  return text;
}

function logLevelOf(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level === undefined)
    throw invalid(`--log-level '${text}' is none of ${LOG_LEVELS.join(', ')}`);
  return level;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function invalid(message: string): CraftportError {
  return new CraftportError('config.invalid', message);
}
