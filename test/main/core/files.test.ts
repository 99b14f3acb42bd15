// The desktop's files: whole or not there, and never written over when they are not understood.

import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isCode } from '../../../agent/base/error.ts';
import { readAddress, SiteBook } from '../../../main/core/site-book.ts';
import { TrustStore } from '../../../main/core/trust-store.ts';
import { tempDir } from '../../support/temp-dir.ts';

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (isCode(error) ? error.code : `bug: ${String(error)}`),
  );
const site = { id: 'a1', address: 'https://10.0.0.7:8443', name: 'Harbour' };
const PIN = Array.from({ length: 32 }, () => 'AB').join(':');
const OTHER = Array.from({ length: 32 }, () => 'CD').join(':');

describe('the site book', () => {
  it('keeps what it is given, for its owner alone', async () => {
    const file = join(await tempDir(), 'deep/sites.json');
    const book = await SiteBook.open(file);
    await book.put(site);
    await book.put({ ...site, id: 'b2', name: 'Mill', group: 'North', colour: 'red', notes: 'x' });
    await book.put({ ...site, name: 'Harbour 2' });
    await book.remove('b2');
    const again = await SiteBook.open(file);
    expect(again.list()).toEqual([{ ...site, name: 'Harbour 2' }]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await codeOf(Promise.resolve().then(() => again.get('none')))).toBe('site.not-found');
  });

  it('loses nothing when many change it at the same time', async () => {
    const file = join(await tempDir(), 'sites.json');
    const book = await SiteBook.open(file);
    await Promise.all(Array.from({ length: 100 }, (_, n) => book.put({ ...site, id: `s${n}` })));
    expect((await SiteBook.open(file)).list()).toHaveLength(100);
  });

  it.each([
    ['{"version":2,"content":[]}', 'config.newer-than-program'],
    ['{"version":1,"content":[{"id":"a"}]}', 'config.unreadable'],
    ['{"version":1,"content":[{"id":"../a","address":"x","name":"y"}]}', 'config.unreadable'],
    ['{"version":"1","content":[]}', 'config.unreadable'],
    ['{"version":1', 'config.unreadable'],
    ['', 'config.unreadable'],
  ])('refuses %s with %s, and leaves it as it is', async (text, code) => {
    const file = join(await tempDir(), 'sites.json');
    await writeFile(file, text);
    expect(await codeOf(SiteBook.open(file))).toBe(code);
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});

describe('an address', () => {
  it.each([
    ['10.0.0.7:8443', 'https://10.0.0.7:8443'],
    [' https://rack-7.local:8443/ ', 'https://rack-7.local:8443'],
    ['https://[fd00::7]:8443', 'https://[fd00::7]:8443'],
    ['http://127.0.0.1:8000', 'http://127.0.0.1:8000'],
    ['http://localhost:8000', 'http://localhost:8000'],
    ['http://10.0.0.7:8000', 'agent.untrusted'],
    ['http://127.0.0.1.evil.example', 'agent.untrusted'],
    ['https://user:secret@10.0.0.7', 'config.invalid'],
    ['https://10.0.0.7/path', 'config.invalid'],
    ['file:///etc/passwd', 'config.invalid'],
    ['javascript:alert(1)', 'config.invalid'],
    ['', 'config.invalid'],
    ['https://10.0.0.7:99999', 'config.invalid'],
  ])('%s is read as %s', (typed, expected) => {
    let read: string;
    try {
      read = readAddress(typed);
    } catch (error) {
      read = isCode(error) ? error.code : 'bug';
    }
    expect(read).toBe(expected);
  });
});

describe('the trust store', () => {
  it('remembers a pin until a person accepts another or the site is forgotten', async () => {
    const file = join(await tempDir(), 'pins.json');
    const trust = await TrustStore.open(file);
    await trust.accept('a1', PIN);
    trust.noteChanged('a1', OTHER);
    expect([trust.pinOf('a1'), trust.changedTo('a1')]).toEqual([PIN, OTHER]);
    expect((await TrustStore.open(file)).pinOf('a1')).toBe(PIN);
    await trust.accept('a1', OTHER);
    expect([trust.pinOf('a1'), trust.changedTo('a1')]).toEqual([OTHER, undefined]);
    await trust.forget('a1');
    expect((await TrustStore.open(file)).pinOf('a1')).toBeUndefined();
  });

  it('takes nothing but fingerprints', async () => {
    const trust = await TrustStore.open(join(await tempDir(), 'pins.json'));
    for (const wrong of ['', 'AB', PIN.toLowerCase(), `${PIN}:AB`])
      expect(await codeOf(trust.accept('a1', wrong))).toBe('config.invalid');
    expect([trust.pinOf('a1'), trust.pinOf('__proto__'), trust.pinOf('toString')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
