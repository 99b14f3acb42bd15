import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createApiKeyHash,
  createPasswordHashing,
  digestOf,
} from '../../../agent/account/credentials.ts';
import { type CredentialsFile, credentialsFileAt } from '../../../agent/secret/credentials-file.ts';
import { ensureMasterAccount } from '../../../agent/service/first-start.ts';
import type { Storage, StorageWriters } from '../../../agent/service/storage.ts';
import { TemporaryStore } from '../store/temporary-store.ts';
import { cheapScrypt, random } from './site.ts';

const hashApiKey = createApiKeyHash(new Uint8Array(32));
const passwords = createPasswordHashing(new Uint8Array(32), cheapScrypt);

let temporary: TemporaryStore;
let file: CredentialsFile;
beforeEach(async () => {
  temporary = await TemporaryStore.open();
  file = credentialsFileAt(temporary.dir.credentials);
});
afterEach(() => temporary.remove());

const start = (overrides: { file?: CredentialsFile; storage?: Storage } = {}): Promise<boolean> =>
  ensureMasterAccount({
    storage: temporary.store,
    file,
    passwords,
    hashApiKey,
    random,
    ...overrides,
  });

/** What matters: the file on the disk opens the door. */
async function expectUsableCredentials(): Promise<void> {
  const credentials = await file.load();
  if (credentials === undefined) throw new Error('There is no credentials.json');
  const { read } = temporary.store;
  const master = await read.accounts.loadMaster();
  expect(master).toMatchObject({
    id: credentials.account_id,
    name: credentials.account_name,
    realm: credentials.realm,
    enabled: true,
  });
  expect(await read.apiKeys.findAccountId(hashApiKey(credentials.api_key))).toBe(master?.id);
  for (const method of ['md5', 'sha'] as const) {
    const digest = digestOf(method, credentials.username, credentials.password);
    const hash = await passwords.hash(credentials.account_id, method, digest);
    expect(await read.users.findByDigest(credentials.account_id, method, hash)).toMatchObject({
      enabled: true,
      role: 'admin',
    });
  }
}

describe('the first start', () => {
  it('makes the master account and its credentials, readable by the owner only', async () => {
    expect(await start()).toBe(true);
    await expectUsableCredentials();
    expect((await stat(temporary.dir.credentials)).mode & 0o777).toBe(0o600);
    const text = await readFile(temporary.dir.credentials, 'utf8');
    expect(JSON.parse(text)).toEqual({
      account_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      account_name: 'Master',
      realm: 'craftport.internal',
      api_key: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      username: 'admin',
      password: expect.stringMatching(/^[0-9a-z]{20}$/) as string,
    });
  });

  it('happens once: the file is not needed and not made again afterwards', async () => {
    await start();
    const before = await readFile(temporary.dir.credentials, 'utf8');
    expect(await start()).toBe(false);
    expect(await readFile(temporary.dir.credentials, 'utf8')).toBe(before);
    await rm(temporary.dir.credentials);
    await temporary.reopen();
    expect(await start()).toBe(false);
    expect(await file.load()).toBeUndefined();
  });

  const powerCut = new Error('Power cut');
  const cuts: Readonly<Record<string, () => Parameters<typeof start>[0]>> = {
    'before the file': () => ({
      file: { load: () => file.load(), save: () => Promise.reject(powerCut) },
    }),
    'after the file and before the rows': () => ({
      file: {
        load: () => file.load(),
        save: async (credentials) => {
          await file.save(credentials);
          throw powerCut;
        },
      },
    }),
    'between the rows': () => ({ storage: failing('apiKeys') }),
    'before the commit': () => ({ storage: failing('commit') }),
  };

  /** The store, failing at one of the writes or right before the commit. */
  function failing(at: 'apiKeys' | 'commit'): Storage {
    const { store } = temporary;
    const spoil = (writers: StorageWriters): StorageWriters =>
      at === 'commit'
        ? writers
        : { ...writers, apiKeys: { ...writers.apiKeys, put: () => Promise.reject(powerCut) } };
    return {
      read: store.read,
      onEvents: (listener) => store.onEvents(listener),
      insertDocument: (...entry) => store.insertDocument(...entry),
      writeBulk: (work) => store.writeBulk(work),
      write: (work) =>
        store.write(async (writers) => {
          const result = await work(spoil(writers));
          if (at === 'commit') throw powerCut;
          return result;
        }),
    };
  }

  it.each(Object.keys(cuts))('leaves usable credentials after a power cut %s', async (moment) => {
    await expect(start(cuts[moment]?.())).rejects.toBe(powerCut);
    await temporary.reopen();
    const left = await file.load();
    expect(await start()).toBe(true);
    await expectUsableCredentials();
    // Whoever had read the file already has not read it in vain.
    if (left !== undefined) expect(await file.load()).toEqual(left);
  });

  it('leaves usable credentials after a power cut while the file was written', async () => {
    const draft = `${temporary.dir.credentials}.new`;
    await writeFile(draft, '{"account_id": "half a fi');
    await chmod(draft, 0o644);
    expect(await start()).toBe(true);
    await expectUsableCredentials();
    expect((await stat(temporary.dir.credentials)).mode & 0o777).toBe(0o600);
    await expect(stat(draft)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('does not overwrite a file that it cannot read, and does not quote it', async () => {
    const text = '{"api_key": "precious';
    await writeFile(temporary.dir.credentials, text);
    const error: unknown = await start().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'config.data-dir-unusable' });
    expect((error as Error).cause).toBeUndefined();
    expect((error as Error).message).not.toContain('precious');
    expect(await readFile(temporary.dir.credentials, 'utf8')).toBe(text);
    expect(await temporary.store.read.accounts.loadMaster()).toBeUndefined();
  });

  it('refuses a file that lacks a key, naming it', async () => {
    await writeFile(temporary.dir.credentials, JSON.stringify({ account_id: 'x' }));
    await expect(start()).rejects.toThrow(/has no account_name/);
  });
});
