// What a SIP leg puts on the wire: the request line and headers that FreeSWITCH makes of the leg's
// target and variables. For people who read traces; nothing is dialled from it.

import type { Headers } from './headers.ts';
import type { Dial } from './result.ts';

export interface Invite {
  readonly resource_id: string;
  readonly gateway_index: number;
  /** `INVITE sip:+14158867900@10.26.0.88;npid;id=XXXX SIP/2.0` */
  readonly request_line: string;
  /** The headers that the leg adds or sets. `${…}` is filled in by FreeSWITCH. */
  readonly headers: Headers;
}

const HEADER = 'sip_h_';
// `sofia/<interface>/<uri>`. A gateway configured in FreeSWITCH has its address there, not here.
const SOFIA = /^sofia\/(?!gateway\/)[^/]+\/(.+)$/;

/** One for each leg that FreeSWITCH sends over SIP, in the order of attempts. */
export function invitesOf(dial: Dial | null): readonly Invite[] {
  return (dial?.legs ?? []).flatMap(({ target, vars, resource_id, gateway_index }) => {
    const uri = SOFIA.exec(target)?.[1];
    if (uri === undefined) return [];
    const parameters = vars.sip_invite_params;
    const asked = parameters === undefined ? '' : `;${parameters}`;
    const headers: Record<string, string> = {};
    if (vars.sip_from_uri !== undefined) headers.From = `<${vars.sip_from_uri}>`;
    for (const [name, value] of Object.entries(vars)) {
      if (name.startsWith(HEADER)) headers[name.slice(HEADER.length)] = value;
    }
    return [
      { resource_id, gateway_index, request_line: `INVITE sip:${uri}${asked} SIP/2.0`, headers },
    ];
  });
}
