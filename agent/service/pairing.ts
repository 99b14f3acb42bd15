// Pairing: a desktop trades a short-lived code for a user of its own. Each desktop is a user, so
// that the audit log names it, and deleting the user ends its access and nobody else's.

import { type OneTimeCodes, CODE_LIFE_S, readPairingCode } from '../account/one-time-codes.ts';
import { newPassword } from '../account/credentials.ts';
import type { Actor } from '../base/change.ts';
import { CraftportError } from '../base/error.ts';
import { newId, type RandomBytes, toHex } from '../base/ids.ts';
import { refuseSignIn, type SignInAttempt, type SignInContext } from './sign-in.ts';

export interface PairingOptions {
  readonly signIn: SignInContext;
  readonly codes: OneTimeCodes;
  readonly random: RandomBytes;
  /** SHA-256 of the agent's certificate, `AB:CD:…`; undefined when it serves without TLS. */
  readonly fingerprint: string | undefined;
}

export interface PairingCode {
  /** `ABCD-EFGH`. Secret until it is used. */
  readonly code: string;
  /** Seconds it is good for. */
  readonly lifeS: number;
  readonly fingerprint: string | undefined;
}

/** What the desktop keeps, and signs in with. */
export interface PairedUser {
  readonly accountId: string;
  readonly accountName: string;
  readonly realm: string;
  readonly userId: string;
  readonly username: string;
  /** Secret; told once. */
  readonly password: string;
}

/** Failed codes of all desktops are counted together, beside those of one address. */
const TARGET = 'pairing';

export class PairingService {
  readonly #options: PairingOptions;

  constructor(options: PairingOptions) {
    this.#options = options;
  }

  /** A new code. Earlier ones stay good until they are used or old. */
  issue(): PairingCode {
    const { codes, fingerprint } = this.#options;
    return { code: codes.issue(), lifeS: CODE_LIFE_S, fingerprint };
  }

  /**
   * Uses up a code and makes the desktop's user, an admin of the master account.
   * @param request code as typed; name of the desktop
   * @throws auth.wrong-code when the code is wrong, used or old, auth.rate-limited, store.*
   */
  async redeem(
    request: { readonly code: string; readonly name: string },
    actor: Actor,
  ): Promise<PairedUser> {
    const { signIn, codes, random } = this.#options;
    const { storage, limit, passwords } = signIn;
    const attempt: SignInAttempt = { remote: actor.remote ?? '', target: TARGET };
    await limit.admit(attempt);
    if (!codes.redeem(readPairingCode(request.code))) {
      await refuseSignIn(signIn, attempt, 'pairing', actor);
      throw new CraftportError('auth.wrong-code', 'The pairing code is wrong, used or too old');
    }
    const master = await storage.read.accounts.loadMaster();
    if (master === undefined) throw new CraftportError('store.corrupt', 'No master account');
    const username = `desktop-${toHex(random(4))}`;
    const password = newPassword(random);
    const hashes = await passwords.hashBoth(master.id, username, password);
    const userId = newId(random);
    await storage.write(async ({ users, record }) => {
      const user = await users.insert({
        id: userId,
        accountId: master.id,
        username,
        enabled: true,
        role: 'admin',
        hashes,
        doc: { username, first_name: request.name, priv_level: 'admin', enabled: true },
      });
      record({
        actor: { ...actor, method: 'pairing' },
        event: 'user.created',
        noun: 'user',
        id: userId,
        accountId: master.id,
        revision: user.revision,
        after: user.doc,
      });
    });
    return {
      accountId: master.id,
      accountName: master.name,
      realm: master.realm,
      userId,
      username,
      password,
    };
  }
}
