// Temporary folders that go with the test.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder, removed when the current test is finished. */
export async function tempDir(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'craftport-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}
