// TL1 input commands (GR-831): `CODE:TID:AID:CTAG:general:payload:…;`. The `;` ends the command;
// no line end follows, because some elements take one for an empty command and deny it.

import { CraftportError } from '../../base/error.ts';
import { MASK } from '../../base/mask.ts';

export interface Tl1Command {
  /** Verb and modifiers: `RTRV-T1`. */
  readonly code: string;
  readonly tid?: string;
  /** One AID, a list (`a&b`), a range (`a&&b`), a pair (`a,b`) or `ALL`; a user id for logins. */
  readonly aid?: string;
  /** The blocks behind the CTAG, the general block first, each as its values in order. */
  readonly blocks?: readonly (readonly string[])[];
}

/** Soneplex takes 512 bytes; 255 is what every manual seen allows. */
export const LONGEST_COMMAND = 255;

const CODE = /^[A-Z][A-Z0-9]{1,11}(?:-[A-Z0-9]{1,12}){0,3}$/;
const PLAIN = /^[A-Za-z0-9._%/+*#@!?$^~|()[\]{}-]*$/;
const AIDS = /^[A-Za-z0-9._%/-]+(?:(?:&&?|,)[A-Za-z0-9._%/-]+)*$/;
// A quote, a semicolon or a control character would end the string or the command early.

const UNSAFE = /[\u0000-\u001f\u007f-\u009f";\\]|[^\u0000-\u00ff]/;

/**
 * The command as text, ready to be sent as latin1.
 * @param ctag one to six letters or digits (GR-831)
 * @throws codec.malformed for anything that could end the command early or change its meaning
 */
export function encodeCommand(command: Tl1Command, ctag: string): string {
  const code = command.code.toUpperCase();
  if (!CODE.test(code)) throw refused('command code');
  if (!/^[A-Za-z0-9]{1,6}$/.test(ctag)) throw refused('CTAG');
  const blocks = (command.blocks ?? []).map((block) => block.map(encodeValue).join(','));
  while (blocks.at(-1) === '') blocks.pop();
  const aid = command.aid ?? '';
  const parts = [
    code,
    encodeValue(command.tid ?? ''),
    AIDS.test(aid) ? aid : encodeValue(aid),
    ctag,
    ...blocks,
  ];
  const text = `${parts.join(':')};`;
  if (text.length > LONGEST_COMMAND)
    throw new CraftportError(
      'codec.too-large',
      `A TL1 command of ${text.length} bytes is too long`,
    );
  return text;
}

/** A value as it is, or in quotes when it holds a mark of the grammar (a TID of `Unit 1`). */
function encodeValue(value: string): string {
  if (UNSAFE.test(value)) throw refused('value');
  return PLAIN.test(value) ? value : `"${value}"`;
}

function refused(what: string): CraftportError {
  return new CraftportError(
    'codec.malformed',
    `A TL1 ${what} holds characters that are not allowed`,
  );
}

const WITH_SECRETS =
  /((?:ACT-USER|ED-PID|ENT-USER-SECU|ED-USER-SECU)(?::[^:;]{0,255}){3}:)[^;]{1,255}/gi;

/** `text` with the payload of every command that carries a password masked, echoes included. */
export function maskCommands(text: string): string {
  return text.replaceAll(WITH_SECRETS, `$1${MASK}`);
}
