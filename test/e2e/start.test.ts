// `npm start` as a person runs it: the demo site, a way in, and a desktop that may fail to start.

import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../../agent/config/package-root.ts';
import { tempDir } from '../support/temp-dir.ts';

it.each([
  ['cannot be run', 'nothing', 0o600, /EACCES/],
  ['ends at once', '#!/bin/sh\nexit 3\n', 0o700, /exit code 3/],
])('prints the console link, and says so when the desktop %s', async (_, program, mode, why) => {
  const electron = await tempDir();
  await writeFile(join(electron, 'electron'), program, { mode });
  const child = spawn(process.execPath, [join(packageRoot, '.build/agent/start.js')], {
    env: {
      ...process.env,
      CRAFTPORT_DATA_DIR: await tempDir(),
      ELECTRON_OVERRIDE_DIST_PATH: electron,
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await expect.poll(() => output).toMatch(/The desktop did not start/);
  expect(output).toMatch(why);
  const link = /Console\s+(http:\S+)/.exec(output)?.[1] ?? '';
  const signedIn = await fetch(link, { redirect: 'manual' });
  expect([signedIn.status, signedIn.headers.get('set-cookie')]).toEqual([
    303,
    expect.stringContaining('craftport_session=') as string,
  ]);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});
