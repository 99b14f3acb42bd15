// The agent's options: defaults, then the environment, then flags. Pure.

import { parseArgs } from 'node:util';
import { CraftportError } from '../base/error.ts';
import { LOG_LEVELS, type LogLevel } from './log-level.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface AgentConfig {
  readonly dataDir: string;
  readonly listen: ListenAddress;
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
  | { readonly name: 'help' }
  | { readonly name: 'version' };

export const USAGE = `usage: craftport agent [--data-dir DIR] [--listen HOST:PORT] [--demo] [--log-level LEVEL]
       craftport token [--data-dir DIR] [--life SECONDS]
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
  if (name === 'agent') {
    const flags = parseFlags(rest, {
      'data-dir': { type: 'string' },
      listen: { type: 'string' },
      demo: { type: 'boolean' },
      'log-level': { type: 'string' },
    });
    const listen = textOf(flags['listen']) ?? environment['CRAFTPORT_LISTEN'] ?? '127.0.0.1:8000';
    const level = textOf(flags['log-level']) ?? environment['CRAFTPORT_LOG_LEVEL'] ?? 'info';
    return {
      name,
      config: {
        dataDir: textOf(flags['data-dir']) ?? baseDir,
        listen: parseListenAddress(listen),
        demo: flags['demo'] === true,
        logLevel: logLevelOf(level),
      },
    };
  }
  throw invalid(`unknown command '${name}'; commands are agent and token`);
}

/**
 * `127.0.0.1:8000`, `localhost:0`, `[::1]:8000`. Loopback only: tokens must not cross a network
 * in clear text.
 * @throws config.invalid
 */
export function parseListenAddress(text: string): ListenAddress {
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || digits === undefined || port > 65_535)
    throw invalid(`--listen '${text}' is not HOST:PORT, for example 127.0.0.1:8000`);
  if (host !== 'localhost' && host !== '::1' && !/^127(?:\.\d{1,3}){3}$/.test(host))
    throw invalid(
      `--listen '${text}' is not a loopback address; without TLS the agent listens on 127.0.0.1 or ::1 only`,
    );
  return { host, port };
}

/** `http://127.0.0.1:8000`, with brackets around an IPv6 address. */
export function urlOf(address: ListenAddress): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `http://${host}:${String(address.port)}`;
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
