import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newPairingCode, OneTimeCodes } from '../../../agent/account/one-time-codes.ts';
import { isCode } from '../../../agent/base/error.ts';
import { createSignInLimit } from '../../../agent/http/sign-in-limit.ts';
import { type PairedUser, PairingService } from '../../../agent/service/pairing.ts';
import { random, Site, visitor } from './site.ts';

let site: Site;
let pairing: PairingService;
const limit = createSignInLimit();
beforeEach(async () => {
  site = await Site.open(limit);
  pairing = new PairingService({
    signIn: site.context,
    codes: new OneTimeCodes(site.context.clock, () => newPairingCode(random)),
    random,
    fingerprint: 'AB:CD',
  });
});
afterEach(async () => {
  limit.stop();
  await site.close();
});

/** From an address that nobody else in this file comes from. */
let caller = 0;
const redeem = (code: string, remote?: string): Promise<PairedUser> => {
  caller += 1;
  return pairing.redeem(
    { code, name: 'Bench laptop' },
    { ...visitor, remote: remote ?? `10.9.${String(caller >> 8)}.${String(caller & 255)}` },
  );
};
const outcome = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (isCode(error) ? error.code : 'bug'),
  );

describe('pairing', () => {
  it('makes a user that can sign in, and tells the audit log who', async () => {
    const { code, fingerprint, lifeS } = pairing.issue();
    expect([fingerprint, lifeS]).toEqual(['AB:CD', 600]);
    const user = await redeem(code);
    await expect(
      site.signInAs(user.username, user.password, { realm: user.realm }, 'sha'),
    ).resolves.toMatchObject({ document: { owner_id: user.userId } });
    const rows = await site.context.storage.read.audit.page(
      {},
      { direction: 'descending', start: undefined, end: undefined },
      10,
    );
    expect(JSON.stringify(rows)).toContain('Bench laptop');
    expect(JSON.stringify(rows)).not.toContain(user.password);
    expect(JSON.stringify(rows)).not.toContain(code);
  });

  it('refuses a wrong code, a used one and an old one alike', async () => {
    const { code } = pairing.issue();
    expect(await outcome(redeem('0000-0000'))).toBe('auth.wrong-code');
    expect(await outcome(redeem(code))).toBe('done');
    expect(await outcome(redeem(code))).toBe('auth.wrong-code');
    const { code: old } = pairing.issue();
    site.temporary.clock.ms += 600_000;
    expect(await outcome(redeem(old))).toBe('auth.wrong-code');
  });

  it('is one use however many ask at the same time', async () => {
    const { code } = pairing.issue();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => outcome(redeem(code))));
    expect(outcomes.filter((each) => each === 'done')).toHaveLength(1);
  });

  it('slows guessing down, and a good code does not help the guesser', async () => {
    const { code } = pairing.issue();
    const guesses = await Promise.all(
      Array.from({ length: 25 }, () => outcome(redeem('0000-0000', '10.1.1.1'))),
    );
    expect(guesses).toContain('auth.wrong-code');
    expect(await outcome(redeem(code, '10.1.1.1'))).toBe('auth.rate-limited');
    expect(await outcome(redeem(code))).toBe('done');
  });

  it('counts guesses of all addresses together', async () => {
    for (let guess = 0; guess < 100; guess += 1) await outcome(redeem('0000-0000'));
    expect(await outcome(redeem(pairing.issue().code))).toBe('auth.rate-limited');
  });
});
