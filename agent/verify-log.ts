// `craftport verify-log`: whether session logs are as the agent wrote them.

import { CraftportError } from './base/error.ts';
import { checkSessionLog } from './log/session-log.ts';

export interface LogVerdicts {
  /** One line a file, for people. */
  readonly lines: readonly string[];
  readonly allWhole: boolean;
}

/**
 * Follows the chain of hashes through each file. What was cut off at a file's end leaves no trace
 * in the chain.
 * @throws config.invalid for a file that cannot be read
 */
export async function verifyLogs(files: readonly string[]): Promise<LogVerdicts> {
  const lines: string[] = [];
  let allWhole = true;
  for (const file of files) {
    const check = await checkSessionLog(file).catch((cause: unknown) => {
      throw new CraftportError('config.invalid', `${file} cannot be read`, { cause });
    });
    allWhole &&= check.ok;
    lines.push(
      check.ok
        ? `${file}: ${String(check.lines)} lines, each follows from the one before`
        : `${file}: line ${String(check.line)} was changed, or lines before it were taken out`,
    );
  }
  return { lines, allWhole };
}
