// A technician's profile of gear with a command line: YAML → a platform and what to read. Read
// only. Expressions come from people, so they are bounded: short, without nesting of repetitions
// and without back references, and they meet lines of at most 255 characters.

import { parse } from 'yaml';
import { CraftportError } from '../../base/error.ts';
import type { CliPlatform } from '../../codec/cli/platform.ts';

/** One value that is read from a command's output: the first capture, or the named ones. */
export interface ProfileField {
  readonly command: string;
  readonly name: string;
  readonly pattern: RegExp;
}

export interface CliProfile {
  readonly platform: CliPlatform;
  /** What the gear says of itself. */
  readonly identity: readonly ProfileField[];
  /** Rows that are spans: named captures `native`, and of these what there is: `state`, `framing`, `line_code`. */
  readonly spans:
    | { readonly command: string; readonly row: RegExp; readonly kind: 'T1' | 'E1' | 'unknown' }
    | undefined;
  /** Expression of `identity` output that speaks for this gear, for identify. */
  readonly mark: RegExp | undefined;
}

type Node = Readonly<Record<string, unknown>>;

const KEYS = [
  'name',
  'title',
  'modes',
  'read_mode',
  'raise',
  'leave',
  'on_ready',
  'exit',
  'pager',
  'login',
  'wake',
  'questions',
  'failures',
  'log_line',
  'attach_keys',
  'return_only',
  'character_ms',
  'read',
  'identity',
  'spans',
  'mark',
];
const LONGEST_PROFILE = 32_768;

/** @throws config.invalid naming the key and what is wrong with it */
export function parseProfile(text: string): CliProfile {
  if (text.length > LONGEST_PROFILE) throw invalid('', 'is longer than 32 KiB');
  let document: unknown;
  try {
    document = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw new CraftportError('config.invalid', 'The CLI profile is no YAML', { cause });
  }
  const root = nodeOf('', document);
  const unknown = Object.keys(root).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw invalid(unknown, `is no key; there are ${KEYS.join(', ')}`);
  const login = nodeOf('login', root['login'] ?? {});
  const raise = root['raise'] === undefined ? undefined : nodeOf('raise', root['raise']);
  const read = listOf('read', root['read']).map((entry) => textOf('read', entry));
  const platform: CliPlatform = {
    name: textOf('name', root['name']),
    title: textOf('title', root['title'] ?? root['name']),
    modes: Object.entries(nodeOf('modes', root['modes'])).map(([mode, pattern]) => ({
      mode,
      prompt: expressionOf(`modes.${mode}`, pattern),
    })),
    readMode: textOf('read_mode', root['read_mode']),
    raise:
      raise === undefined
        ? undefined
        : {
            from: textOf('raise.from', raise['from']),
            command: textOf('raise.command', raise['command']),
          },
    leave: Object.fromEntries(
      Object.entries(nodeOf('leave', root['leave'] ?? {})).map(([mode, command]) => [
        mode,
        textOf('leave', command),
      ]),
    ),
    onReady: listOf('on_ready', root['on_ready'] ?? []).map((entry) => textOf('on_ready', entry)),
    exit: textOf('exit', root['exit'] ?? 'exit'),
    pager: expressionsOf('pager', root['pager']),
    login: {
      username: expressionOf(
        'login.username',
        login['username'] ?? '^(?:[Uu]sername|[Ll]ogin): ?$',
      ),
      password: expressionOf('login.password', login['password'] ?? '^[Pp]assword: ?$'),
      refused: expressionsOf('login.refused', login['refused']),
    },
    wake: expressionsOf('wake', root['wake']),
    answers: [],
    questions: expressionsOf('questions', root['questions']),
    failures: expressionsOf('failures', root['failures']),
    logLine:
      root['log_line'] === undefined ? undefined : expressionOf('log_line', root['log_line']),
    returnOnly: listOf('return_only', root['return_only'] ?? []).map((entry) =>
      textOf('return_only', entry),
    ),
    ...attachKeys(root['attach_keys'] ?? 'clear'),
    lineEnd: '\r',
    characterMs: characterMsOf(root['character_ms'] ?? 0),
    // Whole commands as written: a profile's author lists what may be run.
    read: read.map(
      (command) => new RegExp(`^${command.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`),
    ),
  };
  if (!platform.modes.some(({ mode }) => mode === platform.readMode))
    throw invalid('read_mode', 'names no mode of modes');
  const commandOf = (path: string, value: unknown): string => {
    const command = textOf(path, value);
    if (!read.includes(command)) throw invalid(path, 'is not in the list read');
    return command;
  };
  const spans = root['spans'] === undefined ? undefined : nodeOf('spans', root['spans']);
  const row = spans === undefined ? undefined : expressionOf('spans.row', spans['row']);
  if (row !== undefined && !row.source.includes('(?<native>'))
    throw invalid('spans.row', 'has no capture named native');
  return {
    platform,
    identity: listOf('identity', root['identity'] ?? []).map((entry) => {
      const field = nodeOf('identity', entry);
      return {
        command: commandOf('identity.command', field['command']),
        name: textOf('identity.name', field['name']),
        pattern: expressionOf('identity.pattern', field['pattern']),
      };
    }),
    spans:
      spans === undefined || row === undefined
        ? undefined
        : {
            command: commandOf('spans.command', spans['command']),
            row,
            kind: spans['kind'] === 'T1' || spans['kind'] === 'E1' ? spans['kind'] : 'unknown',
          },
    mark: root['mark'] === undefined ? undefined : expressionOf('mark', root['mark']),
  };
}

/**
 * Ctrl-U clears a half-typed line; Ctrl-C stops what runs, which may be somebody's work: only a
 * profile that says so has it pressed, where nothing answers.
 */
function attachKeys(value: unknown): Pick<CliPlatform, 'eraseLine' | 'stop'> {
  switch (value) {
    case 'clear':
      return { eraseLine: '\u0015', stop: '' };
    case 'stop':
      return { eraseLine: '\u0015', stop: '\u0003' };
    case 'none':
      return { eraseLine: '', stop: '' };
    default:
      throw invalid('attach_keys', 'is none of clear, stop, none');
  }
}

function characterMsOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 20)
    throw invalid('character_ms', 'is no whole number from 0 to 20');
  return value;
}

function nodeOf(path: string, value: unknown): Node {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(path, 'is no mapping');
  return value as Node;
}

function listOf(path: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value) || value.length > 100) throw invalid(path, 'is no list of at most 100');
  return value;
}

function textOf(path: string, value: unknown): string {
  if (typeof value !== 'string' || !/^[\x20-\x7e]{1,200}$/.test(value))
    throw invalid(path, 'is no text of 1 to 200 printable characters');
  return value;
}

function expressionsOf(path: string, value: unknown): readonly RegExp[] {
  return listOf(path, value ?? []).map((entry) => expressionOf(path, entry));
}

function expressionOf(path: string, value: unknown): RegExp {
  const source = textOf(path, value);
  // A repeated group that repeats inside, or a back reference, can take exponential time.
  if (
    /\([^()]*[*+}][^()]*\)[*+{]|\\[1-9]|\\k</.test(source) ||
    (source.match(/[*+]/g) ?? []).length > 8
  )
    throw invalid(path, 'repeats inside a repetition, or refers back');
  try {
    return new RegExp(source);
  } catch (cause) {
    throw new CraftportError('config.invalid', `CLI profile: ${path} is no expression`, { cause });
  }
}

function invalid(path: string, what: string): CraftportError {
  return new CraftportError('config.invalid', `CLI profile: ${path === '' ? 'it' : path} ${what}`, {
    detail: { path },
  });
}
