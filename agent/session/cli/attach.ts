// From whatever state a console is in to a prompt of the read mode.
//
// A predecessor may have left a pager, half a line, a configuration mode or a running command
// there. What may be pressed is little: `q` in a pager, Ctrl-U (clears a line, runs nothing) and a
// return. Ctrl-C would end a running command of somebody else's, so it is pressed only where the
// platform says so and nothing answers; in a boot monitor nothing but a return is.

import { isCode } from '../../base/error.ts';
import { suspendedError, typedBehindAnyPrompt } from './another-person.ts';
import { readCommand } from './command.ts';
import type { CliConsole } from './console.ts';

export interface ReadPrompt {
  /** The prompt of the read mode as it is printed. */
  readonly prompt: string;
  /** The prompt without its mark: the gear's own name. */
  readonly hostName: string | undefined;
}

const MOST_STEPS = 12;
/** Returns on a console that says nothing at all; one on a screen that is not understood. */
const MOST_WAKES = { silent: 3, text: 2 };

/**
 * @throws driver.login-refused, driver.out-of-sync with the screen when the state is none that is
 * known, driver.suspended when somebody is typing, driver.timeout, transport.lost
 */
export async function attach(
  console: CliConsole,
  signal: AbortSignal | undefined,
): Promise<ReadPrompt> {
  const { platform, pacing, screen } = console;
  await console.quiet(pacing.listenMs, pacing.replyMs, signal);
  await assertNobodyTypes(console, signal);
  let cleared = false;
  let signedIn = false;
  let woken = 0;
  let before: string | undefined;
  for (let step = 0; step < MOST_STEPS; step++) {
    const tail = console.tail();
    const { line } = console;
    let next: string;
    switch (tail.kind) {
      case 'pager':
        next = 'q';
        break;
      case 'wake':
        // The text must not wake twice: a second return would be an empty user name.
        screen.clear();
        next = platform.lineEnd;
        break;
      case 'username':
      case 'password':
        if (signedIn) throw console.refused();
        signedIn = true;
        await signIn(console, tail.kind, signal);
        continue;
      case 'question':
        if (tail.answer === undefined) throw console.outOfSync('It asks a question');
        next = tail.answer + platform.lineEnd;
        break;
      case 'prompt':
        if (platform.returnOnly.includes(tail.mode))
          throw console.outOfSync(`It is in the mode ${tail.mode}`);
        if (!cleared) next = platform.eraseLine + platform.lineEnd;
        else if (platform.leave[tail.mode] !== undefined)
          next = (platform.leave[tail.mode] ?? '') + platform.lineEnd;
        else if (line === before) return enter(console, tail.mode, line, signal);
        else {
          before = line;
          next = platform.lineEnd;
        }
        cleared = true;
        break;
      case 'text':
        // Nothing yet, or something unknown. The line is cleared before return is pressed, for
        // half a command may stand there unseen.
        if (woken >= (line === '' ? MOST_WAKES.silent : MOST_WAKES.text))
          throw console.outOfSync('It shows no prompt that is known');
        next = (cleared ? (woken > 0 ? platform.stop : '') : platform.eraseLine) + platform.lineEnd;
        woken += 1;
        cleared = true;
        break;
    }
    await console.type(next);
    await console
      .settled(signal, tail.kind === 'text' ? pacing.echoMs : pacing.replyMs)
      .catch((error: unknown) => {
        if (tail.kind !== 'text' || !isCode(error, 'driver.timeout')) throw error;
      });
  }
  throw console.outOfSync('It does not come to rest');
}

/** Half a line that stands still is left over; one that grows is somebody's. */
async function assertNobodyTypes(
  console: CliConsole,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { line, platform, pacing } = console;
  if (typedBehindAnyPrompt(platform, line) === undefined) return;
  await console.quiet(pacing.leftOverMs, pacing.leftOverMs * 2, signal);
  const typed = typedBehindAnyPrompt(platform, console.line);
  if (typed !== undefined && console.line !== line) throw suspendedError(console.mask(typed));
}

async function signIn(
  console: CliConsole,
  asked: 'username' | 'password',
  signal: AbortSignal | undefined,
): Promise<void> {
  const { credentials, platform, screen } = console;
  if (asked === 'username') {
    if (credentials.username === undefined || credentials.username === '') throw console.refused();
    await console.type(credentials.username + platform.lineEnd);
    const tail = await console.settled(signal);
    if (tail.kind === 'username') throw console.refused();
    if (tail.kind !== 'password') return;
  }
  if (credentials.password === undefined) throw console.refused();
  const seen = screen.lineCount;
  await console.typeSecret(credentials.password);
  const tail = await console.settled(signal);
  const said = screen.linesSince(seen);
  const refused = said.some((line) => platform.login.refused.some((pattern) => pattern.test(line)));
  if (refused || tail.kind === 'username' || tail.kind === 'password') throw console.refused();
}

/** From a steady prompt to the read mode. */
async function enter(
  console: CliConsole,
  mode: string,
  steady: string,
  signal: AbortSignal | undefined,
): Promise<ReadPrompt> {
  const { platform, credentials } = console;
  let prompt = steady;
  if (mode !== platform.readMode) {
    if (platform.raise?.from !== mode) throw console.outOfSync(`It is in the mode ${mode}`);
    await readCommand(console, prompt, platform.raise.command, signal, async (tail) => {
      if (tail.kind !== 'password') return undefined;
      const secret = credentials.secret ?? credentials.password;
      if (secret === undefined) throw console.refused();
      await console.typeSecret(secret);
      const after = await console.settled(signal);
      if (after.kind !== 'prompt' || after.mode !== platform.readMode) throw console.refused();
      return 'done';
    });
    const tail = console.tail();
    if (tail.kind !== 'prompt' || tail.mode !== platform.readMode) throw console.refused();
    prompt = console.line;
  }
  for (const command of platform.onReady) await readCommand(console, prompt, command, signal);
  return { prompt, hostName: /^[\w.-]+/.exec(steady)?.[0] };
}
