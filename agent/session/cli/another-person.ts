// Signs of another person on the same console: text behind a prompt that nobody here typed.

import { CraftportError } from '../../base/error.ts';
import { type CliPlatform, promptOf } from '../../codec/cli/platform.ts';

/** Whether `line` holds more than the prompt it begins with. */
export const isBehind = (prompt: string, line: string): boolean =>
  line.length > prompt.length && line.startsWith(prompt) && line.slice(prompt.length).trim() !== '';

/** What stands behind any prompt of the platform at the beginning of `line`. */
export function typedBehindAnyPrompt(platform: CliPlatform, line: string): string | undefined {
  for (let end = 1; end < Math.min(line.length, 255); end++) {
    const prompt = line.slice(0, end);
    if (promptOf(platform, prompt) !== undefined && isBehind(prompt, line))
      return line.slice(end).trim();
  }
  return undefined;
}

/** @param typed what the other person typed, masked */
export function suspendedError(typed: string): CraftportError {
  return new CraftportError('driver.suspended', 'Another person types on this console', {
    detail: { typed: typed.slice(0, 80) },
  });
}
