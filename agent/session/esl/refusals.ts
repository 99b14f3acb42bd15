// How an event socket says no, and how a conversation ends, as our errors.

import { CraftportError } from '../../base/error.ts';

/** The password is wrong. Never holds it. */
export function signInRefused(reply: string): CraftportError {
  return new CraftportError(
    'driver.login-refused',
    'FreeSWITCH refuses the password of its event socket',
    { detail: { reply: reply.slice(0, 80) } },
  );
}

/** The address of this machine is not in the socket's access list. */
export function rejected(): CraftportError {
  return new CraftportError(
    'driver.access-refused',
    'FreeSWITCH refuses connections from this address: its apply-inbound-acl (loopback.auto by default) must allow it',
  );
}

export function lost(why: string): CraftportError {
  return new CraftportError('transport.lost', `The event socket is gone: ${why}`);
}

export function outOfSync(why: string): CraftportError {
  return new CraftportError('driver.out-of-sync', `This is no event socket to follow: ${why}`);
}
