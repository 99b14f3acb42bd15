// The kinds of gear an agent can have: drivers with their port openers bound, as the
// composition root hands them over. Nothing outside of that table can be named.

import { invalidFields } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import type { Logger } from '../base/logger.ts';
import type { GearDriver, GearIdentification, GearLink } from '../span/gear-driver.ts';

/** The SSH host key that gear is known by. */
export interface HostKeyPin {
  /** As it is now; undefined: any key is taken, once. */
  pinned(): string | undefined;
  /** Told the key of each connection that was made. */
  seen(fingerprint: string): void;
}

export interface GearApproach {
  /** undefined: a look at a link that is no gear yet. */
  readonly gearId: string | undefined;
  readonly link: GearLink;
  /** Driver options of the record, as its schema has them. */
  readonly options: JsonObject;
  readonly logger: Logger;
  /** undefined: a look at a link that is no gear yet. */
  readonly hostKey?: HostKeyPin;
}

/** One kind of gear. */
export interface GearFamily {
  readonly name: string;
  readonly title: string;
  /** `esl:`, `tcp:`, … */
  readonly schemes: readonly string[];
  readonly defaultPollS: number;
  /** Schema of the options; undefined: it takes none. */
  readonly optionsSchema: string | undefined;
  /** What can be wrong with a link beside its scheme. @throws request.invalid at `link` */
  checkLink(link: string): void;
  create(approach: GearApproach): GearDriver;
  /** @throws as GearDriver.read */
  identify(approach: GearApproach, signal: AbortSignal): Promise<GearIdentification>;
}

export class GearFamilies {
  readonly #byName: ReadonlyMap<string, GearFamily>;

  constructor(families: readonly GearFamily[]) {
    this.#byName = new Map(families.map((family) => [family.name, family]));
  }

  get all(): readonly GearFamily[] {
    return [...this.#byName.values()];
  }

  find(name: string): GearFamily | undefined {
    return this.#byName.get(name);
  }

  /** @throws request.invalid at `driver` */
  get(name: string): GearFamily {
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    throw invalidFields({
      driver: {
        enum: {
          message: 'Value not found in enumerated list of values',
          target: [...this.#byName.keys()],
          value: name,
        },
      },
    });
  }

  /** Those that speak over links of a scheme. */
  speaking(scheme: string): readonly GearFamily[] {
    return this.all.filter(({ schemes }) => schemes.includes(scheme));
  }
}

/** Schemes whose links name a host and a port. */
const NETWORK = ['esl:', 'tcp:', 'telnet:', 'rfc2217:', 'ssh:', 'snmp:'];

/**
 * The scheme of a link, with everything that can be said of it without opening it.
 * @param schemes that would do
 * @throws request.invalid at `link`
 */
export function schemeOf(link: string, schemes: readonly string[]): string {
  const refuse = (rule: string, message: string, target?: unknown): never => {
    // The link may hold the password that makes it wrong.
    throw invalidFields({
      link: { [rule]: { message, ...(target === undefined ? {} : { target }) } },
    });
  };

  if (/[\u0000-\u0020\u007f]/.test(link)) refuse('format', 'A link has no blanks in it');
  let url: URL;
  try {
    url = new URL(link);
  } catch {
    return refuse('format', 'Not a link: scheme://host:port or scheme:///path');
  }
  if (!schemes.includes(url.protocol))
    refuse(
      'scheme',
      `The link must begin with ${schemes.map((name) => `${name}//`).join(' or ')}`,
      [...schemes],
    );
  if (url.username !== '' || url.password !== '' || /^[^/]*:\/\/[^/]*@/.test(link))
    refuse('credentials', 'User and password have fields of their own; a link shows to everybody');
  if (NETWORK.includes(url.protocol)) {
    if (url.hostname === '') refuse('host', 'The link names no host');
    if (url.port === '0') refuse('port', 'Port 0 cannot be connected to');
  } else if (url.pathname === '' || url.pathname === '/') refuse('path', 'The link names no path');
  return url.protocol;
}
