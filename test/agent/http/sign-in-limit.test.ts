import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { digestOf, type PasswordHashing } from '../../../agent/account/credentials.ts';
import {
  createSignInLimit,
  DEFAULT_SIGN_IN_LIMITS,
  type StoppableSignInLimit,
} from '../../../agent/http/sign-in-limit.ts';
import { signInWithPassword } from '../../../agent/service/sign-in.ts';
import { Site, visitor } from '../service/site.ts';

const limited = { code: 'auth.rate-limited' };

describe('the sign-in limit', () => {
  let limit: StoppableSignInLimit;
  beforeEach(() => {
    vi.useFakeTimers();
    limit = createSignInLimit();
  });
  afterEach(() => {
    limit.stop();
    vi.useRealTimers();
  });

  const refuse = async (times: number, remote: string, target?: string): Promise<void> => {
    for (let count = 0; count < times; count += 1) await limit.countRefusal({ remote, target });
  };

  it('stops an address after 20 refusals, for a minute, and no other address', async () => {
    const here = { remote: '192.0.2.1', target: undefined };
    const elsewhere = { remote: '192.0.2.2', target: undefined };
    await refuse(19, here.remote);
    await limit.admit(here);
    await refuse(1, here.remote);
    await expect(limit.admit(here)).rejects.toMatchObject(limited);
    await expect(limit.assertAllowed(here)).rejects.toMatchObject({
      ...limited,
      detail: { retryAfterS: 60 },
    });
    await limit.admit(elsewhere);
    vi.advanceTimersByTime(60_000);
    await limit.admit(here);
  });

  it('takes the addresses of one IPv6 site for one', async () => {
    await refuse(20, '2001:db8:1:2::5');
    await expect(
      limit.admit({ remote: '2001:db8:1:3:aaaa::1', target: undefined }),
    ).rejects.toMatchObject(limited);
    await limit.admit({ remote: '2001:db8:2::5', target: undefined });
  });

  it('takes an IPv4 client for the same one behind a dual-stack socket', async () => {
    await refuse(20, '::ffff:192.0.2.1');
    await expect(limit.admit({ remote: '192.0.2.1', target: undefined })).rejects.toMatchObject(
      limited,
    );
  });

  it('stops guessing at one account from many addresses', async () => {
    for (let host = 0; host < 100; host += 1) await refuse(1, `198.51.100.${String(host)}`, 'acme');
    await expect(limit.admit({ remote: '192.0.2.1', target: 'acme' })).rejects.toMatchObject(
      limited,
    );
    await limit.admit({ remote: '192.0.2.1', target: 'other' });
  });

  it('allows 600 good sign-ins of one address in a minute', async () => {
    const here = { remote: '192.0.2.1', target: 'acme' };
    for (let count = 0; count < 600; count += 1) await limit.admit(here);
    await expect(limit.admit(here)).rejects.toMatchObject(limited);
  });

  it('tells 30 refusals in a minute as events', async () => {
    let told = 0;
    for (let host = 0; host < 50; host += 1)
      if (await limit.countRefusal({ remote: `192.0.2.${String(host)}`, target: undefined }))
        told += 1;
    expect(told).toBe(30);
  });
});

describe('the sign-in limit under a burst', () => {
  it('asks again when a guess that waited begins: only the guesses it allows are computed', async () => {
    const limit = createSignInLimit();
    const site = await Site.open(limit);
    const { realm } = site.credentials;
    // On a machine of one thread: a guess is computed when the one before it was counted. On a
    // larger one those that are computed just then slip in.
    let before: Promise<unknown> = Promise.resolve();
    const guesses = Array.from({ length: 60 }, (_, guess) => {
      const turn = before;
      const { passwords } = site.context;
      const slow: PasswordHashing = {
        ...passwords,
        hash: (...of) => turn.then(() => passwords.hash(...of)),
      };
      const credentials = digestOf('md5', 'admin', String(guess));
      const outcome = signInWithPassword(
        { ...site.context, passwords: slow },
        { credentials, method: 'md5', realm },
        visitor,
      ).then(
        () => 'in',
        (error: unknown) => (error as { readonly code: string }).code,
      );
      before = outcome;
      return outcome;
    });
    const allowed = DEFAULT_SIGN_IN_LIMITS.refusalsPerAddress;
    expect(await Promise.all(guesses)).toEqual(
      guesses.map((_, guess) => (guess < allowed ? 'auth.wrong' : 'auth.rate-limited')),
    );
    limit.stop();
    await site.close();
  });
});
