// What FreeSWITCH dials for one endpoint: `sofia/…`, `freetdm/…`, or a reason why nothing.

import type { NumberFormat, Numbers } from '../number/numbers.ts';

/** The part of an endpoint that decides its dial string. */
export interface Dialable {
  readonly route: string | null;
  readonly to_did: string | null;
  readonly invite_format: string;
  readonly endpoint_type: string;
  readonly endpoint_options?: Readonly<Record<string, string | boolean>>;
  readonly sip_interface: string | null;
}

export type Target =
  | { readonly kind: 'target'; readonly text: string }
  | { readonly kind: 'not_dialable'; readonly reason: string; readonly field: string };

const CONVERTING = ['e164', 'npan', '1npan', 'strip_plus'];
const AS_IT_IS = ['route', 'username', 'loopback'];
// A line end would end the command, `|` and `,` would start another leg, `$` would be expanded
// (and `${system …}` run) by FreeSWITCH, and a blank or quote ends the dial string; `:_:` parts
// calls that are made at once.
const UNSAFE = /[\x00-\x1f\x7f|,$'"\\<>{} ]/;
const ANOTHER_CALL = ':_:';

/** @param sipInterface the interface for gateways that name none. */
export function dialTarget(endpoint: Dialable, numbers: Numbers, sipInterface: string): Target {
  const format = endpoint.invite_format;
  if (!CONVERTING.includes(format) && !AS_IT_IS.includes(format)) {
    return refuse(
      `The invite format ${JSON.stringify(format)} cannot be dialled.`,
      'invite_format',
    );
  }
  switch (endpoint.endpoint_type) {
    case 'sip':
      return sipTarget(endpoint, numbers, sipInterface);
    case 'freetdm':
      if (endpoint.endpoint_options?.span === '') return refuse('The span has no name.', 'span');
      return tdmTarget(endpoint, numbers);
    case 'skype':
      return refuse('Skype gateways cannot be dialled: nothing speaks Skype any more.', TYPE);
    case 'amqp':
      return refuse('AMQP gateways cannot be dialled: Kazoo accepts but never dials them.', TYPE);
    default:
      return refuse(
        `The endpoint type ${JSON.stringify(endpoint.endpoint_type)} cannot be dialled.`,
        TYPE,
      );
  }
}

const TYPE = 'endpoint_type';

function refuse(reason: string, field: string): Target {
  return { kind: 'not_dialable', reason, field };
}

function isSafe(text: string): boolean {
  return !UNSAFE.test(text) && !text.includes(ANOTHER_CALL);
}

function refuseUnsafe(field: string): Target {
  return refuse('The dial string would hold a character that FreeSWITCH gives a meaning.', field);
}

/** What is safe in its parts is safe as a whole: they are put together with `/` between them. */
function sipTarget(endpoint: Dialable, numbers: Numbers, sipInterface: string): Target {
  if (endpoint.route === null || endpoint.route === '')
    return refuse('The gateway has neither a server nor a route.', 'route');
  const route = withUser(withoutScheme(endpoint.route), endpoint, numbers);
  if (!isSafe(route)) return refuseUnsafe('route');
  if (route.startsWith('loopback/')) return { kind: 'target', text: `${route}/context_2` };
  if (route.startsWith('sofia/') || route.startsWith('kz/')) return { kind: 'target', text: route };
  const given = endpoint.sip_interface ?? sipInterface;
  if (!isSafe(given)) return refuseUnsafe('route');
  const named = given.endsWith('/') ? given.slice(0, -1) : given;
  const before = named.startsWith('sofia/') ? '' : 'sofia/';
  return { kind: 'target', text: `${before}${named}/${route}` };
}

function withoutScheme(route: string): string {
  if (route.startsWith('sip:')) return route.slice(4);
  return route.startsWith('sips:') ? route.slice(5) : route;
}

/** The converting formats replace the user part of the URI and nothing else. */
function withUser(route: string, endpoint: Dialable, numbers: Numbers): string {
  if (!CONVERTING.includes(endpoint.invite_format)) return route;
  const at = route.lastIndexOf('@');
  const converted = convert(endpoint, numbers);
  return at < 0 ? route : `${converted}${route.slice(at)}`;
}

/**
 * `a` hunts upwards from the lowest channel, `A` downwards from the highest. A missing span is
 * span 1. The digits go out as they are, a `+` included.
 */
function tdmTarget(endpoint: Dialable, numbers: Numbers): Target {
  const options = endpoint.endpoint_options ?? {};
  const span = options.span === undefined ? '1' : String(options.span);
  const letter = options.channel_selection === 'descending' ? 'A' : 'a';
  const text = `freetdm/${span}/${letter}/${convert(endpoint, numbers)}`;
  return isSafe(text) ? { kind: 'target', text } : refuseUnsafe('span');
}

function convert(endpoint: Dialable, numbers: Numbers): string {
  const number = endpoint.to_did ?? '';
  const format = endpoint.invite_format;
  return CONVERTING.includes(format) ? numbers.toFormat(number, format as NumberFormat) : number;
}
