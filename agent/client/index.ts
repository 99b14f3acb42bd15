// The typed client of the agent's API: requests and events over a fetch it is given. No Node,
// no DOM. The console, the desktop and tests use it.

export {
  ClientError,
  type ClientErrorKind,
  type FieldProblem,
  isObject,
  textOf,
} from './client-error.ts';
export type { Json, JsonObject } from './client-error.ts';
export {
  addressOf,
  type Client,
  type ClientReply,
  type ClientRequest,
  createClient,
} from './client.ts';
export type { Method } from './client.ts';
export { EventParser } from './event-parser.ts';
export type { ByteStream, ClientAnswer, ClientFetch, ClientInit } from './fetch.ts';
export {
  type AgentEvent,
  followEvents,
  type Following,
  type FollowState,
} from './follow-events.ts';
