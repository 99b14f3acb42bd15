// What a power cut leaves: the database file and a write-ahead log that ends, or is zeroed, at
// any byte. Every write that was acknowledged before the log reached that byte must be there,
// with its audit row, and nothing half done.

import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { copyFile, mkdir, open, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Actor } from '../../../agent/base/change.ts';
import { systemClock } from '../../../agent/base/clock.ts';
import type { DocumentScope } from '../../../agent/document/document-store.ts';
import { secretKeyFrom } from '../../../agent/secret/secret-key.ts';
import { createSealer } from '../../../agent/secret/sealing.ts';
import { type DataDir, dataDirAt } from '../../../agent/store/data-dir.ts';
import { SqlConnection } from '../../../agent/store/sql.ts';
import { Store } from '../../../agent/store/store.ts';
import { tempDir } from '../../support/temp-dir.ts';

const CUTS = 200;
const WRITERS = 8;
const WRITES_EACH = 16;
const SCOPE: DocumentScope = { kind: 'resource', accountId: undefined };
const BY: Actor = { method: 'agent', requestId: 'power-cut' };

interface Acknowledged {
  readonly id: string;
  readonly revision: string;
  /** Size of the log when the answer came. */
  readonly logBytes: number;
}

async function openStore(dir: DataDir): Promise<Store> {
  await mkdir(dir.backups, { recursive: true });
  const sealer = createSealer(secretKeyFrom(new Uint8Array(32)).derive('documents'));
  return Store.open({ dir, sealer, clock: systemClock, random: randomBytes });
}

/** Creates and changes documents from many writers at once, noting each answer. */
async function writeConcurrently(store: Store, logFile: string): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  // Without a turn of the loop, so that all who waited for a commit write together again.
  const note = (id: string, revision: string): void => {
    acknowledged.push({ id, revision, logBytes: statSync(logFile).size });
  };
  const writer = async (number: number): Promise<void> => {
    for (let turn = 0; turn < WRITES_EACH; turn += 1) {
      const id = `w${String(number)}-${String(turn)}`;
      const doc = { name: id, gateways: [{ password: 'secret-of-the-gateway' }] };
      const created = await store.write(async ({ documents, record }) => {
        const stored = await documents.insert(SCOPE, id, doc, BY);
        record({
          actor: BY,
          event: 'resource.created',
          noun: 'resource',
          id,
          revision: stored.revision,
          after: doc,
        });
        return stored;
      });
      note(id, created.revision);
      if (turn % 3 !== 0) continue;
      const changed = await store.write(async ({ documents, record }) => {
        const current = await documents.load(SCOPE, id);
        if (current === undefined) throw new Error(`${id} is gone`);
        const stored = await documents.replace(SCOPE, current, { ...doc, weight_cost: 7 }, BY);
        record({
          actor: BY,
          event: 'resource.changed',
          noun: 'resource',
          id,
          revision: stored.revision,
          after: stored.doc,
        });
        return stored;
      });
      note(id, changed.revision);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, number) => writer(number)));
  return acknowledged;
}

/** Numbers that repeat, so that a failure can be looked at again. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

async function damageLog(
  file: string,
  at: number,
  how: 'cut' | 'zero',
  length: number,
): Promise<void> {
  if (how === 'cut') {
    await truncate(file, at);
    return;
  }
  const handle = await open(file, 'r+');
  try {
    await handle.write(Buffer.alloc(length), 0, length, at);
  } finally {
    await handle.close();
  }
}

describe('a power cut', () => {
  it(
    `loses no acknowledged write, at ${String(CUTS)} places of the log`,
    { timeout: 240_000 },
    async () => {
      const dir = dataDirAt(await tempDir());
      const store = await openStore(dir);
      const logFile = `${dir.database}-wal`;
      // A reader that stays where it is keeps all of it in the log, however long it gets.
      const pin = await SqlConnection.open(dir.database, 'readonly');
      await pin.all('BEGIN');
      await pin.all('SELECT count(*) FROM documents');
      const acknowledged = await writeConcurrently(store, logFile);
      const { commits, units } = store.counters;
      expect(units / commits).toBeGreaterThan(4);
      // A crash keeps the files as they are; closing would move the log into the database.
      const image = join(dir.path, 'image.db');
      await copyFile(dir.database, image);
      await copyFile(logFile, `${image}-wal`);
      await pin.close();
      await store.close();
      const logSize = (await stat(`${image}-wal`)).size;

      const random = seeded(20_260_101);
      let partial = 0;
      for (let cut = 0; cut < CUTS; cut += 1) {
        const at = random(logSize);
        const how = cut % 2 === 0 ? 'cut' : 'zero';
        const length = 1 + random(Math.min(logSize - at, 20_000));
        const victim = dataDirAt(join(dir.path, `cut-${String(cut)}`));
        await mkdir(victim.backups, { recursive: true });
        await copyFile(image, victim.database);
        await copyFile(`${image}-wal`, `${victim.database}-wal`);
        await damageLog(`${victim.database}-wal`, at, how, length);

        const restarted = await openStore(victim);
        const mustBeThere = acknowledged.filter((write) => write.logBytes <= at);
        const sql = await SqlConnection.open(victim.database, 'readonly');
        const there = new Set(
          (
            await sql.all<{ readonly written: string }>(
              `SELECT document_id || ' ' || revision AS written FROM audit
               WHERE EXISTS (SELECT 1 FROM documents WHERE id = document_id AND revision = audit.revision)
                  OR EXISTS (SELECT 1 FROM document_versions WHERE id = document_id AND revision = audit.revision)`,
            )
          ).map((row) => row.written),
        );
        const lost = mustBeThere.filter((write) => !there.has(`${write.id} ${write.revision}`));
        const halfDone = await sql.get<{ readonly count: number }>(
          `SELECT (SELECT count(*) FROM documents WHERE revision NOT IN (SELECT revision FROM audit))
                + (SELECT count(*) FROM audit) - (SELECT count(*) FROM events)
                + (SELECT count(*) FROM audit) - ${String(there.size)} AS count`,
        );
        const check = await sql.all<{ readonly integrity_check: string }>('PRAGMA integrity_check');
        await sql.close();
        await restarted.close();
        if (there.size > 0 && there.size < acknowledged.length) partial += 1;
        expect({ cut, how, at, lost, halfDone: halfDone?.count, check }).toEqual({
          cut,
          how,
          at,
          lost: [],
          halfDone: 0,
          check: [{ integrity_check: 'ok' }],
        });
      }
      // Most cuts must fall where they matter, or this test proves nothing.
      expect(partial).toBeGreaterThan(CUTS / 2);
    },
  );
});
