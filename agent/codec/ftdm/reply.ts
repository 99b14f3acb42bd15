// What every `ftdm` command may answer instead of its own output.

import { CraftportError } from '../../base/error.ts';

/** Whether FreeSWITCH has no `ftdm` command: mod_freetdm is not loaded. */
export function isModuleMissing(text: string): boolean {
  return /^-ERR ftdm Command not found!/.test(text);
}

/** @returns driver.denied with the gear's words when `text` is a refusal */
export function refusedReply(command: string, text: string): CraftportError | undefined {
  const said = /^(?:-ERR|-USAGE:|USAGE:)[^\n]*/.exec(text)?.[0];
  if (said === undefined) return undefined;
  return new CraftportError('driver.denied', `FreeSWITCH answers \`${command}\` with “${said}”`, {
    detail: { command, reply: said },
  });
}
