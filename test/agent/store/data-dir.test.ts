import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../agent/config/package-root.ts';
import { type DataDir, dataDirAt, lockDataDir } from '../../../agent/store/data-dir.ts';
import { temporaryDirectory } from './temporary-store.ts';

let root: string;
let dir: DataDir;
beforeEach(async () => {
  root = await temporaryDirectory();
  dir = dataDirAt(join(root, 'data'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const inUse = { code: 'config.data-dir-in-use' };

/** Another process that holds the lock until it is killed. */
async function lockElsewhere(): Promise<ChildProcess> {
  const module = join(packageRoot, '.build/agent/store/data-dir.js');
  const script = `
    const { dataDirAt, lockDataDir } = await import(process.argv[1]);
    await lockDataDir(dataDirAt(process.argv[2]));
    console.log('locked');
    setInterval(() => {}, 1_000_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, module, dir.path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`The holder ended with ${String(code)}`)));
  });
  return child;
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => child.once('exit', () => resolve()));

describe('the lock of the data directory', () => {
  it('makes the directory for the owner only', async () => {
    const lock = await lockDataDir(dir);
    for (const path of [dir.path, dir.backups]) expect((await stat(path)).mode & 0o777).toBe(0o700);
    await lock.release();
  });

  it('keeps a second one out, and lets it in after release', async () => {
    const first = await lockDataDir(dir);
    await expect(lockDataDir(dir)).rejects.toMatchObject(inUse);
    await first.release();
    await first.release();
    await (await lockDataDir(dir)).release();
  });

  it('names the process that holds it, and goes with it when that is killed', async () => {
    const child = await lockElsewhere();
    const message = new RegExp(`in use by another agent \\(process ${String(child.pid)}, since 2`);
    await expect(lockDataDir(dir)).rejects.toMatchObject({
      ...inUse,
      message: expect.stringMatching(message) as string,
    });
    const end = ended(child);
    child.kill('SIGKILL');
    await end;
    await (await lockDataDir(dir)).release();
  });

  it('says why a directory cannot be used', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(lockDataDir(dataDirAt(join(root, 'file/data')))).rejects.toMatchObject({
      code: 'config.data-dir-unusable',
    });
  });

  it.skipIf(process.getuid?.() === 0)('says so of one it may not write', async () => {
    await chmod(root, 0o500);
    await expect(lockDataDir(dir)).rejects.toMatchObject({ code: 'config.data-dir-unusable' });
    await chmod(root, 0o700);
  });
});
