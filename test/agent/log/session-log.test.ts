import { appendFile, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSessionLog, SessionLog, type SessionLine } from '../../../agent/log/session-log.ts';
import { tempDir } from '../../support/temp-dir.ts';

const DAY_MS = 86_400_000;
const noon = Date.UTC(2026, 10, 25, 12);
const line = (data: string, atMs = noon): SessionLine => ({ atMs, dir: 'rx', data, by: undefined });

describe('the session log', () => {
  it("keeps lines in the fixtures' own shape, for the owner only, and goes on after a restart", async () => {
    const folder = join(await tempDir(), 'audit');
    await new SessionLog(folder).append('gear1', [
      { atMs: noon, dir: 'tx', data: 'RTRV-HDR:::1;', by: 'anna' },
      line('COMPLD'),
    ]);
    await new SessionLog(folder).append('gear1', [line('again')]);
    const path = join(folder, 'gear1-20261125.jsonl');
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines.map((each) => JSON.parse(each) as unknown)).toMatchObject([
      { t: noon / 1000, dir: 'tx', data: 'RTRV-HDR:::1;', by: 'anna' },
      { t: noon / 1000, dir: 'rx', data: 'COMPLD' },
      { dir: 'rx', data: 'again' },
    ]);
    expect(await checkSessionLog(path)).toEqual({ ok: true, lines: 3 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('shows a line that was changed, and one that was taken out', async () => {
    const folder = await tempDir();
    await new SessionLog(folder).append(
      'g',
      ['a', 'b', 'c'].map((data) => line(data)),
    );
    const path = join(folder, 'g-20261125.jsonl');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"data":"b"', '"data":"B"'));
    expect(await checkSessionLog(path)).toEqual({ ok: false, line: 2 });
    await writeFile(path, text.split('\n').toSpliced(1, 1).join('\n'));
    expect(await checkSessionLog(path)).toEqual({ ok: false, line: 2 });
  });

  it('takes away a line that a power cut left unfinished, and goes on', async () => {
    const folder = await tempDir();
    const path = join(folder, 'g-20261125.jsonl');
    await new SessionLog(folder).append('g', [line('whole')]);
    const { size } = await stat(path);
    await new SessionLog(folder).append('g', [line('cut')]);
    await truncate(path, size + 7);
    await new SessionLog(folder).append('g', [line('after')]);
    expect(await checkSessionLog(path)).toEqual({ ok: true, lines: 2 });
  });

  it('is one file a gear and day, kept for 30 days', async () => {
    const folder = await tempDir();
    const log = new SessionLog(folder);
    await log.append('g', [
      line('old', noon - 31 * DAY_MS),
      line('kept', noon - 30 * DAY_MS),
      line('new'),
    ]);
    await appendFile(join(folder, 'note.txt'), 'of a person');
    await log.prune(noon);
    expect((await readdir(folder)).sort()).toEqual([
      'g-20261026.jsonl',
      'g-20261125.jsonl',
      'note.txt',
    ]);
  });

  it('goes, oldest first, when all files together grow too large, but never the one in writing', async () => {
    const folder = await tempDir();
    const log = new SessionLog(folder, 1500);
    const day = (back: number): SessionLine => line('x'.repeat(300), noon - back * DAY_MS);
    await log.append('a', [day(3), day(2), day(0)]);
    await log.append('b', [day(5), day(1)]);
    // The only file of its gear is the one in writing, however old.
    await log.append('c', [day(6)]);
    expect(await log.prune(noon)).toEqual([
      'b-20261120.jsonl',
      'a-20261122.jsonl',
      'a-20261123.jsonl',
    ]);
    expect((await readdir(folder)).sort()).toEqual([
      'a-20261125.jsonl',
      'b-20261124.jsonl',
      'c-20261119.jsonl',
    ]);
    expect(await log.prune(noon)).toEqual([]);
    await log.append('a', [day(0)]);
    expect(await checkSessionLog(join(folder, 'a-20261125.jsonl'))).toEqual({ ok: true, lines: 2 });
  });

  it('goes on after a write that failed', async () => {
    const folder = join(await tempDir(), 'file');
    await writeFile(folder, 'in the way');
    const log = new SessionLog(folder);
    await expect(log.append('g', [line('a')])).rejects.toThrow();
    await expect(log.append('g', [line('b')])).rejects.toThrow();
  });
});
