import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isCode } from '../../../agent/base/error.ts';
import { Vault } from '../../../main/core/vault.ts';
import { fakeKeyring } from '../../support/desktop-harness.ts';
import { tempDir } from '../../support/temp-dir.ts';

const secret = { account: 'craftport.internal', username: 'desktop-1', password: 'k33p-0ut' };
const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

describe('the vault', () => {
  it('keeps sign-ins encrypted under the system’s keyring', async () => {
    const file = join(await tempDir(), 'vault.json');
    const keyring = fakeKeyring();
    const vault = await Vault.open(file, keyring);
    await vault.save('a1', secret);
    expect(await vault.state()).toEqual({
      kind: 'keyring',
      backend: 'gnome_libsecret',
      isWeakAccepted: false,
      isPersistent: true,
    });
    expect(await textOf(file)).not.toContain(secret.password);
    const again = await Vault.open(file, keyring);
    expect([again.has('a1'), await again.load('a1'), await again.load('b2')]).toEqual([
      true,
      secret,
      undefined,
    ]);
    await again.forget('a1');
    expect((await Vault.open(file, keyring)).has('a1')).toBe(false);
  });

  it.each(['basic_text', 'unknown'])(
    'writes nothing under %s until that is accepted',
    async (backend) => {
      const file = join(await tempDir(), 'vault.json');
      const keyring = fakeKeyring(backend);
      const vault = await Vault.open(file, keyring);
      await vault.save('a1', secret);
      expect(await vault.state()).toMatchObject({ kind: 'weak', backend, isPersistent: false });
      // It works as long as the program runs, and no longer.
      expect(await vault.load('a1')).toEqual(secret);
      expect([await textOf(file), (await Vault.open(file, keyring)).has('a1')]).toEqual([
        '',
        false,
      ]);
      expect(await vault.acceptWeak(true)).toMatchObject({ kind: 'weak', isPersistent: true });
      expect(await (await Vault.open(file, keyring)).load('a1')).toEqual(secret);
      // Taken back: what was written is gone, the program goes on.
      await vault.acceptWeak(false);
      expect([await vault.load('a1'), (await Vault.open(file, keyring)).has('a1')]).toEqual([
        secret,
        false,
      ]);
    },
  );

  it('says so when there is no encryption at all', async () => {
    const file = join(await tempDir(), 'vault.json');
    const vault = await Vault.open(file, fakeKeyring('none'));
    await vault.save('a1', secret);
    expect(await vault.acceptWeak(true)).toMatchObject({ kind: 'none', isPersistent: false });
    expect(await textOf(file)).not.toContain(secret.password);
    expect((await Vault.open(file, fakeKeyring('none'))).has('a1')).toBe(false);
  });

  it('writes anew what was read under an older key', async () => {
    const file = join(await tempDir(), 'vault.json');
    const keyring = fakeKeyring();
    await (await Vault.open(file, keyring)).save('a1', secret);
    const before = await textOf(file);
    keyring.rotate();
    expect(await (await Vault.open(file, keyring)).load('a1')).toEqual(secret);
    expect(await textOf(file)).not.toBe(before);
    keyring.rotate();
    expect(await (await Vault.open(file, keyring)).load('a1')).toEqual(secret);
  });

  it('names a sign-in that cannot be read, without its text', async () => {
    const file = join(await tempDir(), 'vault.json');
    await (await Vault.open(file, fakeKeyring())).save('a1', secret);
    const foreign = await Vault.open(file, fakeKeyring());
    const error: unknown = await foreign.load('a1').catch((cause: unknown) => cause);
    expect([isCode(error, 'vault.unreadable'), foreign.has('a1')]).toEqual([true, true]);
  });
});
