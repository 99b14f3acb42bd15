// What any engine's document repository must do.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor, DomainEvent } from '../../../agent/base/change.ts';
import { CraftportError } from '../../../agent/base/error.ts';
import type { JsonObject } from '../../../agent/base/json.ts';
import type { DocumentListRequest, ListBound } from '../../../agent/document/document-list.ts';
import type { DocumentScope, StoredDocument } from '../../../agent/document/document-store.ts';
import type { OpenedStorage } from './account-store.contract.ts';

const own: DocumentScope = { kind: 'resource', accountId: 'a'.repeat(32) };
const elsewhere: readonly DocumentScope[] = [
  { kind: 'resource', accountId: undefined },
  { kind: 'resource', accountId: 'b'.repeat(32) },
  { kind: 'gear', accountId: 'a'.repeat(32) },
];
const by: Actor = {
  method: 'cb_user_auth',
  requestId: 'request',
  accountId: 'c'.repeat(32),
  userId: 'd'.repeat(32),
};
const byId: DocumentListRequest = {
  sort: 'id',
  direction: 'ascending',
  start: undefined,
  end: undefined,
  nameContains: undefined,
  limit: 99,
};
const conflict = { code: 'document.conflict' };

/** @param open an empty storage */
export function describeDocumentStore(open: () => Promise<OpenedStorage>): void {
  let opened: OpenedStorage;
  beforeEach(async () => {
    opened = await open();
  });
  afterEach(() => opened.close());

  const insert = (id: string, doc: JsonObject, scope = own): Promise<StoredDocument> =>
    opened.storage.write(({ documents }) => documents.insert(scope, id, doc, by));
  const load = (id: string, scope = own): Promise<StoredDocument | undefined> =>
    opened.storage.read.documents.load(scope, id);

  describe('inserting', () => {
    it('keeps the whole document, with its bookkeeping, in its scope only', async () => {
      const doc = { name: 'Carrier 3', unknown: { deep: [1, null, 'ü'] }, '': '', weight_cost: 7 };
      const stored = await insert('one', doc);
      expect(stored).toMatchObject({ id: 'one', doc });
      expect(stored.revision).toMatch(/^1-[0-9a-f]{32}$/);
      expect(stored.pvt).toEqual({
        pvt_type: 'resource',
        pvt_created: stored.created,
        pvt_modified: stored.created,
        pvt_vsn: '1',
        pvt_request_id: 'request',
        pvt_is_authenticated: true,
        pvt_account_id: own.accountId,
        pvt_auth_account_id: by.accountId,
        pvt_auth_user_id: by.userId,
        pvt_alphanum_name: 'carrier3',
      });
      expect(await load('one')).toEqual(stored);
      for (const scope of elsewhere) expect(await load('one', scope)).toBeUndefined();
      for (const scope of elsewhere) await insert('one', {}, scope);
      expect(await load('one')).toEqual(stored);
    });

    it('gives any JSON object back as it was, secrets included', async () => {
      const anything = fc
        .dictionary(fc.oneof(fc.string(), fc.constantFrom('password', 'secret')), fc.jsonValue())
        .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);
      let count = 0;
      await fc.assert(
        fc.asyncProperty(anything, async (doc) => {
          const id = String((count += 1));
          await insert(id, doc);
          expect((await load(id))?.doc).toEqual(doc);
        }),
        { numRuns: 50 },
      );
    });

    it('refuses an id that is taken, also by a deleted document', async () => {
      const stored = await insert('one', { name: 'first' });
      await expect(insert('one', {})).rejects.toMatchObject(conflict);
      await opened.storage.write(({ documents }) => documents.remove(own, stored, 'soft', by));
      await expect(insert('one', {})).rejects.toMatchObject(conflict);
    });
  });

  describe('replacing', () => {
    it('writes the next revision and keeps who created it', async () => {
      const first = await insert('one', { name: 'first' });
      opened.advance(90_000);
      const actor: Actor = { method: 'agent', requestId: 'later' };
      const second = await opened.storage.write(({ documents }) =>
        documents.replace(own, first, { name: 'second' }, actor),
      );
      expect(second).toMatchObject({
        id: 'one',
        created: first.created,
        modified: first.created + 90,
        doc: { name: 'second' },
        pvt: { pvt_created: first.created, pvt_modified: first.created + 90 },
      });
      expect(second.revision).toMatch(/^2-[0-9a-f]{32}$/);
      expect(second.pvt).toMatchObject({ pvt_request_id: 'later', pvt_alphanum_name: 'second' });
      expect(await load('one')).toEqual(second);
    });

    it('refuses a document that somebody else has written meanwhile', async () => {
      const first = await insert('one', { n: 1 });
      const change = (n: number): Promise<StoredDocument> =>
        opened.storage.write(({ documents }) => documents.replace(own, first, { n }, by));
      const outcomes = await Promise.allSettled([change(2), change(3), change(4)]);
      expect(outcomes.map((outcome) => outcome.status)).toEqual([
        'fulfilled',
        'rejected',
        'rejected',
      ]);
      expect((await load('one'))?.doc).toEqual({ n: 2 });
      await expect(change(5)).rejects.toMatchObject(conflict);
    });
  });

  describe('removing', () => {
    it('softly answers the tombstone and hides the document', async () => {
      const stored = await insert('one', { name: 'first' });
      const removed = await opened.storage.write(({ documents }) =>
        documents.remove(own, stored, 'soft', by),
      );
      expect(removed).toMatchObject({ doc: { name: 'first' }, pvt: { pvt_deleted: true } });
      expect(removed.revision).toMatch(/^2-/);
      expect(await load('one')).toBeUndefined();
      await expect(
        opened.storage.write(({ documents }) => documents.remove(own, stored, 'soft', by)),
      ).rejects.toMatchObject(conflict);
      await expect(
        opened.storage.write(({ documents }) => documents.replace(own, removed, {}, by)),
      ).rejects.toMatchObject(conflict);
    });

    it('hard frees the id', async () => {
      const stored = await insert('one', { name: 'first' });
      await opened.storage.write(({ documents }) => documents.remove(own, stored, 'hard', by));
      expect(await load('one')).toBeUndefined();
      expect((await insert('one', { name: 'again' })).revision).toMatch(/^1-/);
    });
  });

  describe('a list', () => {
    it('goes through every live document once, in pages of any size, in both directions', async () => {
      const ids = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/), { maxLength: 12 });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          ids,
          fc.integer({ min: 1, max: 5 }),
          fc.constantFrom('ascending' as const, 'descending' as const),
          async (all, limit, direction) => {
            const scope: DocumentScope = { kind: 'plan', accountId: `run ${String((run += 1))}` };
            await Promise.all(all.map((id) => insert(id, { id }, scope)));
            const seen: string[] = [];
            let start: ListBound | undefined;
            for (;;) {
              const request = { ...byId, direction, start, limit: limit + 1 };
              const rows = await opened.storage.read.documents.list(scope, request);
              seen.push(...rows.slice(0, limit).map((row) => row.id));
              const next = rows[limit];
              if (next === undefined) break;
              start = { value: next.sortValue, id: next.id, isInclusive: true };
            }
            const sorted = [...all].sort();
            expect(seen).toEqual(direction === 'ascending' ? sorted : sorted.reverse());
          },
        ),
        { numRuns: 20 },
      );
    });

    it('shows no deleted document and no other scope', async () => {
      await insert('one', {});
      const two = await insert('two', {});
      await insert('three', {}, elsewhere[0]);
      await opened.storage.write(({ documents }) => documents.remove(own, two, 'soft', by));
      const rows = await opened.storage.read.documents.list(own, byId);
      expect(rows.map((row) => row.id)).toEqual(['one']);
    });
  });

  describe('a unit of work', () => {
    it('sees what it wrote itself', async () => {
      const seen = await opened.storage.write(async ({ documents }) => {
        await documents.insert(own, 'one', { n: 1 }, by);
        const current = await documents.load(own, 'one');
        if (current === undefined) throw new Error('Not there');
        await documents.replace(own, current, { n: 2 }, by);
        return (await documents.load(own, 'one'))?.doc;
      });
      expect(seen).toEqual({ n: 2 });
    });

    it('tells its events after they can be read, in order, and only when it succeeds', async () => {
      const told: DomainEvent[] = [];
      opened.storage.onEvents((events) => told.push(...events));
      await insert('seed', {});
      const failure = new CraftportError('request.invalid', 'No');
      const units = ['a', 'b', 'c'].map((id) =>
        opened.storage.write(async ({ documents, record, emit }) => {
          await documents.insert(own, id, { name: id }, by);
          record({ actor: by, event: 'resource.created', noun: 'resource', id, after: {} });
          emit({ name: 'job.progressed', data: { id } });
          if (id === 'b') throw failure;
        }),
      );
      const outcomes = await Promise.allSettled(units);
      expect(outcomes.map((outcome) => outcome.status)).toEqual([
        'fulfilled',
        'rejected',
        'fulfilled',
      ]);
      const of = (name: string): readonly unknown[] =>
        told.filter((event) => event.name === name).map((event) => event.data['id']);
      expect(of('resource.created')).toEqual(['a', 'c']);
      expect(of('job.progressed')).toEqual(['a', 'c']);
      const sequences = told.map((event) => event.sequence);
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
      expect(new Set(sequences).size).toBe(4);
      expect(await load('b')).toBeUndefined();
    });

    /** What a unit does: writes so many documents, failing somewhere or not at all. */
    const plan = fc.record({
      writes: fc.integer({ min: 0, max: 3 }),
      failsAfter: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
      turns: fc.integer({ min: 0, max: 3 }),
    });

    it('is all there or not at all, however units fail among each other', async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 12 }), async (plans) => {
          const scope: DocumentScope = { kind: 'cable', accountId: `run ${String((run += 1))}` };
          const told: unknown[] = [];
          const stop = opened.storage.onEvents((events) =>
            told.push(...events.map((event) => event.data['id'])),
          );
          const outcomes = await Promise.allSettled(
            plans.map(async ({ writes, failsAfter, turns }, unit) => {
              for (let turn = 0; turn < turns; turn += 1)
                await new Promise((resolve) => setImmediate(resolve));
              await opened.storage.write(async ({ documents, record }) => {
                for (let write = 0; write < writes; write += 1) {
                  if (write === failsAfter) throw new Error(`unit ${String(unit)}`);
                  const id = `${String(unit)}-${String(write)}`;
                  await documents.insert(scope, id, {}, by);
                  record({ actor: by, event: 'cable.created', noun: 'cable', id });
                }
                if (failsAfter !== undefined) throw new Error(`unit ${String(unit)}`);
              });
            }),
          );
          stop();
          const expected = plans.flatMap(({ writes, failsAfter }, unit) =>
            failsAfter === undefined
              ? Array.from({ length: writes }, (_, write) => `${String(unit)}-${String(write)}`)
              : [],
          );
          const rows = await opened.storage.read.documents.list(scope, byId);
          expect(rows.map((row) => row.id)).toEqual([...expected].sort());
          expect([...told].sort()).toEqual([...expected].sort());
          for (const [unit, outcome] of outcomes.entries())
            expect(outcome.status === 'rejected' ? String(outcome.reason) : undefined).toBe(
              plans[unit]?.failsAfter === undefined ? undefined : `Error: unit ${String(unit)}`,
            );
        }),
        { numRuns: 40 },
      );
    });
  });
}
