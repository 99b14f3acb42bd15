// Foreign programs that some suites talk to. Where one is missing the suite does not run and
// says so; the pipeline installs them and sets CRAFTPORT_REQUIRE_PEERS, which makes that a failure.

import { execFileSync } from 'node:child_process';

/**
 * Whether `program` is there, for `describe.runIf`. Prints `not run: NAME` when it is not.
 * @throws Error when it is not and CRAFTPORT_REQUIRE_PEERS is set
 */
export function hasPeer(program: string, versionFlag = '--version'): boolean {
  try {
    execFileSync(program, [versionFlag], { stdio: 'ignore' });
    return true;
  } catch (cause) {
    // Some have no such flag and end with an error: they are there.
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') return true;
    if (process.env['CRAFTPORT_REQUIRE_PEERS'] !== undefined)
      throw new Error(`${program} is needed here and missing`, { cause });
    process.stdout.write(`not run: ${program}\n`);
    return false;
  }
}
