import { mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeDurably } from '../../../agent/secret/durable-file.ts';
import { loadSecretKey, secretKeyFrom } from '../../../agent/secret/secret-key.ts';
import { temporaryDirectory } from '../store/temporary-store.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await temporaryDirectory();
  file = join(directory, 'secret.key');
});
afterEach(() => rm(directory, { recursive: true }));

const unusable = { code: 'config.data-dir-unusable' };

describe('loadSecretKey', () => {
  it('makes 32 bytes for the owner only, once', async () => {
    const first = await loadSecretKey(file, true);
    const bytes = await readFile(file);
    expect(bytes).toHaveLength(32);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const second = await loadSecretKey(file, true);
    expect(second.derive('tokens')).toEqual(first.derive('tokens'));
    expect(await readFile(file)).toEqual(bytes);
  });

  it('makes none unless it is asked to', async () => {
    await expect(loadSecretKey(file, false)).rejects.toMatchObject(unusable);
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('starts over when the power failed before the key had its name', async () => {
    await writeFile(`${file}.new`, 'half');
    await loadSecretKey(file, true);
    expect(await readFile(file)).toHaveLength(32);
  });

  it.each([0, 31, 33])('refuses a file of %i bytes and leaves it alone', async (length) => {
    await writeFile(file, new Uint8Array(length));
    await expect(loadSecretKey(file, true)).rejects.toMatchObject(unusable);
    expect(await readFile(file)).toHaveLength(length);
  });

  it('never replaces what it cannot read', async () => {
    await symlink(join(directory, 'gone'), file);
    await expect(loadSecretKey(file, true)).rejects.toMatchObject(unusable);
    await rm(file);
    await mkdir(file);
    await expect(loadSecretKey(file, true)).rejects.toMatchObject(unusable);
  });

  it('derives another key for each purpose', () => {
    const key = secretKeyFrom(new Uint8Array(32));
    const purposes = ['documents', 'tokens', 'api-keys', 'passwords'] as const;
    const keys = purposes.map((purpose) => Buffer.from(key.derive(purpose)).toString('hex'));
    expect(new Set(keys).size).toBe(4);
    expect(keys.every((hex) => hex.length === 64)).toBe(true);
  });
});

describe('writeDurably', () => {
  it('replaces the whole file and does not write through a planted link', async () => {
    const other = join(directory, 'other');
    await writeFile(other, 'untouched');
    await symlink(other, `${file}.new`);
    await writeFile(file, 'a longer text than the next');
    await writeDurably(file, 'short');
    expect(await readFile(file, 'utf8')).toBe('short');
    expect(await readFile(other, 'utf8')).toBe('untouched');
  });
});
