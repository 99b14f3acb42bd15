// What a command line of one kind looks like, as data. The engine knows no device; a driver
// brings a platform and parsers.

export interface CliPlatform {
  readonly name: string;
  readonly title: string;
  /** Prompts by mode, matched against the whole last line; the first that fits names the mode. */
  readonly modes: readonly { readonly mode: string; readonly prompt: RegExp }[];
  /** The mode in which read commands run. */
  readonly readMode: string;
  /** How to get there from a lower mode; asks for a password or not. */
  readonly raise: { readonly from: string; readonly command: string } | undefined;
  /** How to leave a mode a predecessor left behind (`end` in a configuration mode). */
  readonly leave: Readonly<Record<string, string>>;
  /** Commands after sign-in that change this session only (pager and width). */
  readonly onReady: readonly string[];
  /** The command that ends the session. */
  readonly exit: string;
  /** Marks of a pager, alone on the last line. */
  readonly pager: readonly RegExp[];
  readonly login: {
    readonly username: RegExp;
    readonly password: RegExp;
    /** Lines that say the login failed. */
    readonly refused: readonly RegExp[];
  };
  /** Lines that wait for a key before anything else. */
  readonly wake: readonly RegExp[];
  /** Questions with the one answer that changes nothing. Any other question stops the engine. */
  readonly answers: readonly { readonly question: RegExp; readonly answer: string }[];
  readonly questions: readonly RegExp[];
  /** Lines that say a command was not executed. A bare leading % is none. */
  readonly failures: readonly RegExp[];
  /** Log lines that fall into any output, also glued to its end. */
  readonly logLine: RegExp | undefined;
  /** Modes in which no key but return is pressed (a boot monitor): attach stops there. */
  readonly returnOnly: readonly string[];
  /** Stops what runs, pressed at attach where nothing answers; empty: it is left running. */
  readonly stop: string;
  /** Ends a line. On a serial port CR alone: CR LF gives a second prompt. */
  readonly lineEnd: string;
  /** Clears a half-typed line: a predecessor's at attach, ours when its echo differs. */
  readonly eraseLine: string;
  /** Pause behind each character, in milliseconds, for ports that lose what comes faster. */
  readonly characterMs: number;
  /** Commands that may be run. Whole commands; anything else needs a person. */
  readonly read: readonly RegExp[];
}

/** What the last line asks for. */
export type Tail =
  | { readonly kind: 'prompt'; readonly mode: string }
  | { readonly kind: 'pager' | 'username' | 'password' | 'wake' }
  | { readonly kind: 'question'; readonly answer: string | undefined }
  | { readonly kind: 'text' };

/** Beyond, a last line is output, whatever it looks like; it also bounds every expression. */
const LONGEST_PROMPT = 255;

/**
 * What stands at the end of the buffer. Only the last line counts: a banner that holds a prompt
 * or the word password has more text behind it.
 * @param above the line before the last, for a wake text that ends with blank lines
 */
export function classifyTail(platform: CliPlatform, line: string, above: string): Tail {
  const last = line.trimEnd();
  if (last.length > LONGEST_PROMPT) return { kind: 'text' };
  const fits = (patterns: readonly RegExp[], text: string): boolean =>
    text !== '' && patterns.some((pattern) => pattern.test(text));
  if (fits(platform.pager, last.trim())) return { kind: 'pager' };
  if (fits([platform.login.username], last)) return { kind: 'username' };
  if (fits([platform.login.password], last)) return { kind: 'password' };
  if (fits(platform.wake, last) || (last === '' && fits(platform.wake, above)))
    return { kind: 'wake' };
  const answer = platform.answers.find(({ question }) => question.test(last));
  if (answer !== undefined) return { kind: 'question', answer: answer.answer };
  if (fits(platform.questions, last)) return { kind: 'question', answer: undefined };
  const mode = promptOf(platform, last);
  return mode === undefined ? { kind: 'text' } : { kind: 'prompt', mode };
}

/** The mode whose prompt the whole of `line` is. */
export function promptOf(platform: CliPlatform, line: string): string | undefined {
  return platform.modes.find(({ prompt }) => prompt.test(line))?.mode;
}

/** Whether `command` may be run by the agent on its own: allow-listed, one line, no redirection. */
export function isReadCommand(platform: CliPlatform, command: string): boolean {
  return (
    command.length <= 200 &&
    /^[\x20-\x7e]+$/.test(command) &&
    !/[;?]|\|\s*(?:redirect|append|tee)\b/i.test(command) &&
    platform.read.some((pattern) => pattern.test(command))
  );
}

export interface CliOutput {
  readonly lines: readonly string[];
  /** Log lines that fell into the output. */
  readonly notes: readonly string[];
}

/** Takes pager marks and log lines out of an output. */
export function cleanOutput(platform: CliPlatform, lines: readonly string[]): CliOutput {
  const kept: string[] = [];
  const notes: string[] = [];
  for (const raw of lines) {
    const text = stripPager(platform, raw);
    if (text === undefined) continue;
    const glued = text.length > 1000 ? null : (platform.logLine?.exec(text) ?? null);
    if (glued === null) kept.push(text);
    else {
      notes.push(text.slice(glued.index).trim());
      const before = text.slice(0, glued.index).trimEnd();
      if (before !== '') kept.push(before);
    }
  }
  return { lines: kept, notes };
}

/** undefined for a line that is nothing but the mark. */
function stripPager(platform: CliPlatform, line: string): string | undefined {
  if (!/more/i.test(line.slice(0, 40))) return line;
  const trimmed = line.trim();
  return trimmed !== '' && platform.pager.some((pattern) => pattern.test(trimmed))
    ? undefined
    : line;
}

/** The first line that says the command was not executed. */
export function failureLine(platform: CliPlatform, lines: readonly string[]): string | undefined {
  return lines.find(
    (line) => line.length <= 1000 && platform.failures.some((pattern) => pattern.test(line)),
  );
}
