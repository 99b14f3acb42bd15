// One command on a console that stands at a prompt: typed, seen in the echo, only then entered,
// and read up to the prompt.

import { cleanOutput, type CliOutput, type Tail } from '../../codec/cli/platform.ts';
import { isBehind, suspendedError } from './another-person.ts';
import type { CliConsole } from './console.ts';

const MOST_PAGES = 5000;

/**
 * @param prompt that stands there now
 * @param interim handles what may stand in between; `done` ends the reading
 * @returns the output without echo, prompt, pager and log lines
 * @throws driver.suspended when somebody else types, driver.out-of-sync, driver.timeout,
 * driver.unexpected-reply, transport.lost
 */
export async function readCommand(
  console: CliConsole,
  prompt: string,
  command: string,
  signal: AbortSignal | undefined,
  interim: (tail: Tail) => Promise<'done' | undefined> = () => Promise.resolve(undefined),
): Promise<CliOutput> {
  const { platform, observer, timers, pacing, screen } = console;
  if (!(await console.typeEchoed(command, signal))) {
    assertNobodyTyped(console, prompt);
    throw console.outOfSync('It does not echo what is typed');
  }
  screen.clear();
  observer.frame('sent', command, `typed at ${prompt}`);
  await console.type(platform.lineEnd, false);
  const startedMs = timers.nowMs();
  const tooLong = (): boolean => timers.nowMs() - startedMs > pacing.longestMs;
  const raises = command === platform.raise?.command;
  const accept = (now: Tail): boolean => {
    if (now.kind === 'prompt')
      return console.line === prompt || (raises && now.mode === platform.readMode);
    // Somebody types behind the prompt that ended the output.
    return now.kind !== 'text' || isBehind(prompt, console.line);
  };
  for (let pages = 0; ;) {
    const tail = await console.settled(signal, pacing.replyMs, accept, tooLong);
    if (tail.kind === 'prompt') break;
    if (tail.kind === 'pager') {
      if (++pages > MOST_PAGES) throw console.outOfSync('Its pager does not end');
      await console.type(' ', false);
      continue;
    }
    if ((await interim(tail)) === 'done') break;
    assertNobodyTyped(console, prompt);
    throw console.outOfSync('It asks a question');
  }
  // The first line is the rest of the line that was typed.
  const lines = screen.linesSince(0).slice(1);
  observer.frame('received', console.mask(lines.join('\n')), `${lines.length} lines`);
  const output = cleanOutput(platform, lines);
  for (const note of output.notes) observer.note(console.mask(note));
  return output;
}

/** What stands behind our prompt although we typed nothing. */
export function typedBehindPrompt(console: CliConsole, prompt: string): string | undefined {
  const { screen } = console;
  const lines = [...screen.linesSince(0).slice(-50), console.line];
  const typed = lines.find((line) => isBehind(prompt, line));
  return typed?.slice(prompt.length).trim();
}

/** @throws driver.suspended */
export function assertNobodyTyped(console: CliConsole, prompt: string): void {
  const typed = typedBehindPrompt(console, prompt);
  if (typed !== undefined) throw suspendedError(console.mask(typed));
}
