import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EventFrame,
  FrameRing,
  isVisible,
  joinFrames,
  toFrame,
  viewKey,
} from '../../../agent/http/event-frames.ts';

const frame = (sequence: number, size = 10): EventFrame => ({
  sequence,
  topic: 'resource',
  accountId: undefined,
  bytes: Buffer.alloc(size, 120),
});

describe('a frame', () => {
  it('is one id, one event and one line of data whatever the data holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        const text = toFrame({
          sequence: 7,
          name: 'resource.created',
          atMs: 0,
          accountId: 'a',
          data: data as Record<string, never>,
        }).bytes.toString();
        const [id, event, line = '', ...rest] = text.split('\n');
        expect([id, event, rest]).toEqual(['id: 7', 'event: resource.created', ['', '']]);
        expect(JSON.parse(line.slice('data: '.length))).toEqual({
          name: 'resource.created',
          at: '1970-01-01T00:00:00.000Z',
          account_id: 'a',
          data: JSON.parse(JSON.stringify(data)) as unknown,
        });
      }),
    );
  });

  it('is visible in its subtree and topic only', () => {
    const paths = new Map([['leaf', ['root', 'branch', 'leaf']]]);
    const see = (accountId: string | undefined, view: string | undefined, topics?: string[]) =>
      isVisible({ ...frame(1), accountId }, { accountId: view, topics }, (id) => paths.get(id));
    expect([
      see(undefined, undefined),
      see('leaf', undefined),
      see('leaf', undefined, ['job']),
      see('leaf', undefined, ['job', 'resource']),
      see('leaf', 'leaf'),
      see('leaf', 'branch'),
      see('leaf', 'stranger'),
      see('unknown', 'branch'),
      see('unknown', 'unknown'),
      see(undefined, 'branch'),
    ]).toEqual([true, true, false, true, true, true, false, false, true, false]);
    expect(viewKey({ accountId: 'a', topics: ['y', 'x', 'y'] })).toBe(
      viewKey({ accountId: 'a', topics: ['x', 'y'] }),
    );
  });
});

describe('the ring', () => {
  it('holds the newest frames without a hole, within its bounds', () => {
    const step = fc.record({
      // 1 is the next sequence, 0 a repetition, more a hole.
      advance: fc.constantFrom(1, 1, 1, 1, 0, 3),
      size: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(step, { maxLength: 200 }),
        (newest, maxFrames, steps) => {
          const ring = new FrameRing(newest, maxFrames, 200);
          let model: EventFrame[] = [];
          let last = newest;
          for (const { advance, size } of steps) {
            const next = frame(last + advance, size);
            ring.push(next);
            if (advance === 0) continue;
            model = advance === 1 ? [...model, next] : [next];
            last = next.sequence;
            while (
              model.length > maxFrames ||
              model.reduce((sum, { bytes }) => sum + bytes.length, 0) > 200
            )
              model.shift();
          }
          expect(ring.newest).toBe(last);
          for (let position = Math.max(0, last - 25); position <= last; position += 1) {
            const wanted = model.filter((held) => held.sequence > position);
            expect(ring.after(position)).toEqual(
              wanted.length === last - position ? wanted : undefined,
            );
          }
        },
      ),
    );
  });

  it('joins what a view may see, in order', () => {
    const frames = [1, 2, 3].map((n) =>
      toFrame({ sequence: n, name: n === 2 ? 'job.done' : 'resource.x', atMs: 0, data: {} }),
    );
    const ids = (topics: string[] | undefined): (string | undefined)[] =>
      joinFrames(frames, { accountId: undefined, topics }, () => undefined)
        .toString()
        .split('\n')
        .filter((line) => line.startsWith('id: '));
    expect([ids(undefined), ids(['job']), ids(['none'])]).toEqual([
      ['id: 1', 'id: 2', 'id: 3'],
      ['id: 2'],
      [],
    ]);
  });
});
