// What the desktop's page and its main process say to each other: one line a channel, with the
// schema that its argument is checked against and the type of its result. The page sends one
// object; whatever does not fit is refused before anything is done. Secrets go in and never out.

export type JsonSchema = Readonly<Record<string, unknown>>;

/** One call: what it takes (JSON Schema, checked at run time) and what it gives. */
export interface IpcCall<Argument, Result> {
  readonly argument: JsonSchema;
  /** Types only; nothing is there at run time. */
  readonly types?: readonly [Argument, Result];
}

export const SITE_COLOURS = ['grey', 'blue', 'green', 'yellow', 'orange', 'red', 'purple'] as const;

export interface IpcSiteDetails {
  readonly name: string;
  readonly group?: string;
  readonly colour?: (typeof SITE_COLOURS)[number];
  readonly notes?: string;
}

export interface IpcSite extends IpcSiteDetails {
  readonly id: string;
  /** `https://10.0.0.7:8443` */
  readonly address: string;
  /** Whether the certificate is the pinned one; `plain`: none is needed, on loopback. */
  readonly trust: 'pinned' | 'changed' | 'unknown' | 'plain';
  /** SHA-256, `AB:CD:…` */
  readonly fingerprint?: string;
  readonly isSignedIn: boolean;
}

/** What an agent said of its site at a time; what an older agent does not say is left out. */
export interface IpcSiteFacts {
  readonly version: string;
  readonly alarms?: Readonly<
    Record<'critical' | 'major' | 'minor' | 'warning' | 'unacknowledged', number>
  >;
  readonly jobs?: Readonly<Record<'running' | 'paused', number>>;
  readonly gear?: Readonly<Record<'connecting' | 'connected' | 'down' | 'off', number>>;
  readonly spans?: number;
}

export interface IpcSiteHealth {
  readonly id: string;
  /** `unknown`: not asked yet, since the program started. */
  readonly state: 'unknown' | 'online' | 'signed-out' | 'offline';
  /** Being asked, or next in turn because somebody wanted it. */
  readonly isTrying: boolean;
  /** Unix milliseconds; absent while it is being asked. */
  readonly nextTryAtMs?: number;
  /** Why it is offline. */
  readonly reason?: { readonly code: string; readonly message: string };
  /** The last answer, also of an earlier run of the program; Unix milliseconds. */
  readonly known?: { readonly atMs: number; readonly facts: IpcSiteFacts };
  /** How the version of that answer stands to this program's. */
  readonly standing?: 'older' | 'same' | 'newer';
}

/** All sites, or those that changed, and what their versions say of this program's. */
export interface IpcSitesHealth {
  readonly health: readonly IpcSiteHealth[];
  readonly update: {
    /** This program's version. */
    readonly version: string;
    /** The newest one that an agent runs, where it is newer. It is told, never installed. */
    readonly newest?: string;
  };
}

export interface IpcDiscoveredAgent {
  readonly name: string;
  readonly address: string;
  readonly fingerprint: string;
}

/** Where sign-ins are kept: a keyring, an obfuscated file (Linux without keyring), nowhere. */
export interface IpcVaultState {
  readonly kind: 'keyring' | 'weak' | 'none';
  /** The system's name for it: `gnome_libsecret`, `kwallet6`, `basic_text`. */
  readonly backend: string;
  /** Whether the user accepted that sign-ins are kept without protection. */
  readonly isWeakAccepted: boolean;
  /** Whether sign-ins outlive the program. */
  readonly isPersistent: boolean;
}

export interface IpcSend {
  /** Chosen by the page; names the exchange in pushes and in `agent.abort`. */
  readonly exchange: number;
  readonly siteId: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A WebSocket to an agent: what comes is pushed, `agent.say` sends, `agent.abort` closes. */
export interface IpcConnect {
  readonly exchange: number;
  readonly siteId: string;
  readonly path: string;
}

export interface IpcAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** undefined: the body comes as `stream.chunk` pushes. */
  readonly text?: string;
}

const text = (maxLength: number, more: JsonSchema = {}): JsonSchema => ({
  type: 'string',
  maxLength,
  ...more,
});
const object = (
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

const id = text(64, { pattern: '^[A-Za-z0-9_-]+$' });
const address = text(300, { minLength: 1 });
const fingerprint = text(95, { pattern: '^([0-9A-F]{2}(:[0-9A-F]{2}){31})?$' });
const exchange: JsonSchema = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER };
const nothing = object({});

const detailProperties = {
  name: text(100, { minLength: 1 }),
  group: text(100),
  colour: { enum: SITE_COLOURS },
  notes: text(10_000),
};
const OPTIONAL_DETAILS = ['group', 'colour', 'notes'];
export const SITE_DETAILS_SCHEMA: JsonSchema = object(detailProperties, OPTIONAL_DETAILS);
/** One entry of the site book's file. */
export const SITE_SCHEMA: JsonSchema = object(
  { id, address, ...detailProperties },
  OPTIONAL_DETAILS,
);

/** Of a job's CSV: a million numbers and their settings. */
const MAX_BODY_CHARACTERS = 64_000_000;

const call = <Argument, Result>(argument: JsonSchema): IpcCall<Argument, Result> => ({ argument });
type Nothing = Readonly<Record<string, never>>;
interface BySite {
  readonly id: string;
}

export const IPC = {
  'sites.list': call<Nothing, readonly IpcSite[]>(nothing),
  'sites.probe': call<{ readonly address: string }, { readonly fingerprint?: string }>(
    object({ address }),
  ),
  'sites.pair': call<
    {
      readonly address: string;
      /** Empty on loopback without TLS. */
      readonly fingerprint: string;
      readonly code: string;
      readonly details: IpcSiteDetails;
    },
    IpcSite
  >(
    object({
      address,
      fingerprint,
      code: text(32, { minLength: 1 }),
      details: SITE_DETAILS_SCHEMA,
    }),
  ),
  'sites.change': call<BySite & { readonly details: IpcSiteDetails }, IpcSite>(
    object({ id, details: SITE_DETAILS_SCHEMA }),
  ),
  'sites.remove': call<BySite, null>(object({ id })),
  'sites.trust': call<BySite & { readonly fingerprint: string }, IpcSite>(
    object({ id, fingerprint }),
  ),
  /** Begins to watch all sites, or changes the pace. */
  'sites.watch': call<{ readonly pace: 'shown' | 'background' }, IpcSitesHealth>(
    object({ pace: { enum: ['shown', 'background'] } }),
  ),
  'sites.tryNow': call<{ readonly ids: readonly string[] }, null>(
    object({ ids: { type: 'array', maxItems: 2_000, items: id } }),
  ),
  'sites.signIn': call<
    BySite & { readonly account: string; readonly username: string; readonly password: string },
    null
  >(object({ id, account: text(253), username: text(256), password: text(256) })),
  'sites.signOut': call<BySite, null>(object({ id })),
  'discovery.start': call<Nothing, null>(nothing),
  'discovery.stop': call<Nothing, null>(nothing),
  'agent.send': call<IpcSend, IpcAnswer>(
    object(
      {
        exchange,
        siteId: id,
        method: { enum: ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'] },
        path: text(8_000, { pattern: '^/' }),
        headers: {
          type: 'object',
          maxProperties: 20,
          additionalProperties: text(8_000, { pattern: '^[\\t\\x20-\\x7e]*$' }),
        },
        body: text(MAX_BODY_CHARACTERS),
      },
      ['body'],
    ),
  ),
  'agent.connect': call<IpcConnect, null>(
    object({ exchange, siteId: id, path: text(200, { pattern: '^/' }) }),
  ),
  'agent.say': call<{ readonly exchange: number; readonly text: string }, null>(
    object({ exchange, text: text(65_536) }),
  ),
  'agent.abort': call<{ readonly exchange: number }, null>(object({ exchange })),
  'vault.state': call<Nothing, IpcVaultState>(nothing),
  'vault.acceptWeak': call<{ readonly isAccepted: boolean }, IpcVaultState>(
    object({ isAccepted: { type: 'boolean' } }),
  ),
  'link.open': call<{ readonly url: string }, null>(object({ url: text(2_000) })),
  'file.save': call<
    { readonly name: string; readonly type: string; readonly text: string },
    { readonly isSaved: boolean }
  >(
    object({
      name: text(200, { minLength: 1 }),
      type: text(100),
      text: text(MAX_BODY_CHARACTERS),
    }),
  ),
  'clipboard.write': call<{ readonly text: string }, null>(object({ text: text(1_000_000) })),
} as const;

export type IpcChannel = keyof typeof IPC;
type TypesOf<Channel extends IpcChannel> =
  (typeof IPC)[Channel] extends IpcCall<infer Argument, infer Result> ? [Argument, Result] : never;
export type IpcArgument<Channel extends IpcChannel> = TypesOf<Channel>[0];
export type IpcResult<Channel extends IpcChannel> = TypesOf<Channel>[1];

/** Electron drops all but the message of an error, so outcomes are values. */
export type IpcOutcome<Result> =
  | { readonly isOk: true; readonly value: Result }
  | {
      readonly isOk: false;
      readonly code: string;
      readonly message: string;
      readonly detail: unknown;
    };

/** What the main process says unasked. */
export type IpcPush =
  | { readonly kind: 'sites.changed'; readonly sites: readonly IpcSite[] }
  | ({ readonly kind: 'sites.health' } & IpcSitesHealth)
  | { readonly kind: 'discovery.changed'; readonly agents: readonly IpcDiscoveredAgent[] }
  | { readonly kind: 'stream.chunk'; readonly exchange: number; readonly bytes: Uint8Array }
  | { readonly kind: 'stream.end'; readonly exchange: number; readonly error?: string }
  | { readonly kind: 'socket.text'; readonly exchange: number; readonly text: string }
  | {
      readonly kind: 'socket.end';
      readonly exchange: number;
      readonly code: number;
      readonly reason: string;
    };

/** The frozen object that the preload puts on `window`: a function a channel, and `onPush`. */
export type DesktopBridge = {
  readonly [Channel in IpcChannel]: (
    argument: IpcArgument<Channel>,
  ) => Promise<IpcOutcome<IpcResult<Channel>>>;
} & {
  /** @returns what stops it */
  readonly onPush: (listener: (push: IpcPush) => void) => () => void;
};

/** Its name on `window`. */
export const BRIDGE_NAME = 'craftport';
/** Electron's channel of a call, and the one of pushes. */
export const electronChannel = (channel: string): string => `craftport:${channel}`;
export const PUSH_CHANNEL = 'craftport:push';
