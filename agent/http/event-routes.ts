// GET /v2/events: the live stream of events (event-stream.ts) of what the token may see.

import { CraftportError } from '../base/error.ts';
import type { EventStream } from './event-stream.ts';
import type { Call, Route } from './route.ts';

const MAX_TOPICS = 50;

export function eventRoutes(stream: EventStream): Route[] {
  return [
    {
      path: '/v2/events',
      methods: {
        GET: {
          access: 'token',
          produces: ['text/event-stream'],
          summary: 'Follow events as Server-Sent Events; Last-Event-ID resumes, topic= filters',
          query: {
            topic: 'First words of event names, with commas between; default all',
            last_event_id: 'As the header Last-Event-ID, for clients that cannot send it',
          },
          handle: (call) => {
            const topics = topicsOf(call.query['topic']);
            const lastSeen = lastSeenOf(call);
            const { identity } = call;
            if (identity === undefined)
              throw new CraftportError('auth.missing', 'A token is needed');
            stream.assertRoom(identity);
            return Promise.resolve({
              raw: (response) => stream.open(response, identity, topics, lastSeen),
            });
          },
        },
      },
    },
  ];
}

/** @throws request.bad-parameter */
function topicsOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const topics = text.split(',').map((topic) => topic.trim());
  if (topics.length > MAX_TOPICS || !topics.every((topic) => /^[a-z][a-z0-9_-]{0,63}$/.test(topic)))
    throw new CraftportError('request.bad-parameter', 'topic must be words with commas between');
  return topics;
}

/**
 * The header counts before the query: a browser that reconnects sends the old address with a
 * newer header.
 * @throws request.bad-parameter
 */
function lastSeenOf(call: Call): number | undefined {
  const header = call.headers['last-event-id'];
  const text = typeof header === 'string' && header !== '' ? header : call.query['last_event_id'];
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw new CraftportError('request.bad-parameter', 'Last-Event-ID must be a number');
  return Number(text);
}
