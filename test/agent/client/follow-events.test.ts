import { describe, expect, it } from 'vitest';
import type { ClientAnswer, ClientFetch } from '../../../agent/client/index.ts';
import { followEvents } from '../../../agent/client/index.ts';

/** A fetch whose nth call answers with the nth script: text pieces, then the end; or a failure. */
function scripted(scripts: readonly (readonly string[] | number | 'down')[]) {
  const seen: (string | undefined)[] = [];
  const fetch: ClientFetch = (_path, init) => {
    const script = scripts[seen.length] ?? 'down';
    seen.push(init.headers['last-event-id']);
    if (script === 'down') return Promise.reject(new TypeError('fetch failed'));
    const status = typeof script === 'number' ? script : 200;
    const pieces = typeof script === 'number' ? [] : [...script];
    const answer: ClientAnswer = {
      status,
      headers: { get: () => null },
      text: () => Promise.resolve(''),
      body: {
        getReader: () => ({
          cancel: () => Promise.resolve(),
          read: () => {
            const piece = pieces.shift();
            return Promise.resolve(
              piece === undefined
                ? { done: true }
                : { done: false, value: new TextEncoder().encode(piece) },
            );
          },
        }),
      },
    };
    return Promise.resolve(answer);
  };
  return { fetch, seen };
}

/** Runs until so many attempts failed; every wait between attempts is over at once. */
async function follow(scripts: Parameters<typeof scripted>[0], attempts: number) {
  const { fetch, seen } = scripted(scripts);
  const log: string[] = [];
  await new Promise<void>((resolve) => {
    let ended = 0;
    const following = followEvents(fetch, {
      topics: ['job'],
      onEvent: (event) => log.push(`${event.name} ${JSON.stringify(event.data)}`),
      onGap: () => log.push('gap'),
      onState: (state) => {
        log.push(state.kind === 'waiting' ? `${state.error.kind} ${state.retryMs}` : state.kind);
        if (state.kind === 'waiting' && ++ended === attempts) {
          following.stop();
          resolve();
        }
      },
      // The watch for silence waits far longer than any retry.
      wait: (ms, then) => {
        if (ms <= 15_000) queueMicrotask(then);
        return () => {};
      },
    });
  });
  return { log, seen };
}

describe('following the events of an agent', () => {
  it('resumes with the last id, and waits longer after each failure', async () => {
    const event = 'id: 5\nevent: job.created\ndata: {"data":{"id":"a"}}\n\n';
    const { log, seen } = await follow([[event], 'down', 'down', ['id: 6\n\n']], 4);
    expect(seen).toEqual([undefined, '5', '5', '5']);
    expect(log).toEqual([
      'connecting',
      'live',
      'job.created {"id":"a"}',
      'unreachable 500',
      'connecting',
      'unreachable 1000',
      'connecting',
      'unreachable 2000',
      'connecting',
      'live',
      'unreachable 500',
    ]);
  });

  it('says that events are missing when the agent does, and when no id was ever seen', async () => {
    const { log } = await follow(['down', ['id: 9\nevent: gap\ndata: {}\n\n']], 2);
    expect(log.filter((line) => line === 'gap')).toHaveLength(2);
  });

  it('tells a token that ended from an agent that is gone', async () => {
    const { log } = await follow([['event: end\ndata: {"reason":"token"}\n\n'], 401], 2);
    expect(log.filter((line) => line.startsWith('signed-out'))).toHaveLength(2);
  });
});
