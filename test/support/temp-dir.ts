// Temporary folders that go with the test.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What is to be done at the end, of a test or of a suite; the last first. */
export type AtEnd = (end: () => Promise<void>) => void;

/** An empty folder, removed when the current test is finished, or when `atEnd` says so. */
export async function tempDir(atEnd: AtEnd = onTestFinished): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'craftport-'));
  atEnd(() => rm(path, { recursive: true, force: true }));
  return path;
}
