// Generated from schemas/*.json by `npm run schemas:types`; a test compares.
// The documents as they are once validated, defaults not yet counted on.

/**
 * Schema for accounts
 */
export interface AccountDoc {
  /**
   * Determines if the account is currently enabled
   */
  readonly enabled?: boolean;
  /**
   * The language of the account
   */
  readonly language?: string;
  /**
   * A friendly name for the account
   */
  readonly name: string;
  /**
   * The realm of the account
   */
  readonly realm?: string;
  /**
   * The default timezone of the account
   */
  readonly timezone?: string;
  readonly [k: string]: unknown;
}
/**
 * Schema for taking notice of an alarm
 */
export interface AlarmAcknowledgementDoc {
  /**
   * false takes it back
   */
  readonly acknowledged?: boolean;
  /**
   * For those who come next
   */
  readonly note?: string;
}
/**
 * An alarm, standing or past: one row for as long as it stood
 */
export interface AlarmDoc {
  /**
   * Id of this occurrence
   */
  readonly id: string;
  /**
   * Which alarm it is: the same each time it comes back
   */
  readonly key: string;
  /**
   * RED, AIS, RAI, LOS, …
   */
  readonly name: string;
  /**
   * The last severity while it stood
   */
  readonly severity: 'critical' | 'major' | 'minor' | 'warning';
  /**
   * What the source says about it
   */
  readonly explanation: string;
  /**
   * Whether it stands
   */
  readonly state: 'active' | 'cleared';
  /**
   * The gear it is of
   */
  readonly gear_id?: string;
  /**
   * The span it is of; absent: the gear itself
   */
  readonly span_id?: string;
  /**
   * The gear's own name of the span
   */
  readonly span?: string;
  /**
   * The account it is of
   */
  readonly account_id?: string;
  /**
   * When it first came: ISO 8601, UTC
   */
  readonly raised_at: string;
  /**
   * When it came the last time: ISO 8601, UTC
   */
  readonly last_raised_at: string;
  /**
   * When it went: ISO 8601, UTC
   */
  readonly cleared_at?: string;
  /**
   * How often it came; it is the same occurrence when it comes back within ten minutes
   */
  readonly count: number;
  /**
   * Whether somebody has taken notice
   */
  readonly acknowledged: boolean;
  /**
   * ISO 8601, UTC
   */
  readonly acknowledged_at?: string;
  /**
   * Who
   */
  readonly acknowledged_by?: {
    /**
     * Account of the token
     */
    readonly account_id?: string;
    /**
     * User of the token
     */
    readonly user_id?: string;
    /**
     * How the token was issued
     */
    readonly method: string;
  };
  /**
   * What that person wrote
   */
  readonly note?: string;
}
/**
 * Sign-in with the API key of an account
 */
export interface ApiAuthDoc {
  /**
   * The API key of the account
   */
  readonly api_key: string;
}
/**
 * Schema for a cable: which FreeTDM span is wired to which port of other gear
 */
export interface CableDoc {
  /**
   * A friendly name for the cable
   */
  readonly name?: string;
  /**
   * What the next technician should know
   */
  readonly notes?: string;
  /**
   * The end at the FreeTDM host
   */
  readonly freetdm: {
    /**
     * The gear
     */
    readonly gear_id: string;
    /**
     * The gear's own name of the span
     */
    readonly span: string;
  };
  /**
   * The end at the other gear: gear and span where the agent manages it, else a label
   */
  readonly device: {
    /**
     * The gear
     */
    readonly gear_id?: string;
    /**
     * The gear's own name of the span
     */
    readonly span?: string;
    /**
     * What is written on the port of gear that the agent does not manage
     */
    readonly label?: string;
  };
}
/**
 * A channel as it was last read
 */
export interface ChannelDoc {
  /**
   * Position in the frame
   */
  readonly timeslot: number;
  /**
   * The gear's number of it, from 1
   */
  readonly number: number;
  /**
   * What it carries
   */
  readonly type: 'B' | 'D' | 'FXS' | 'FXO' | 'EM' | 'CAS' | 'unknown';
  /**
   * Whether it can take a call
   */
  readonly state: 'idle' | 'busy' | 'blocked' | 'out_of_service' | 'unknown';
  /**
   * The gear's own word for the state
   */
  readonly native_state?: string;
  /**
   * Whether it is in alarm
   */
  readonly alarm: boolean;
  /**
   * The call on it
   */
  readonly call?: {
    /**
     * Who began it
     */
    readonly direction: 'inbound' | 'outbound' | 'unknown';
    /**
     * Calling number
     */
    readonly caller?: string;
    /**
     * Called number
     */
    readonly called?: string;
    /**
     * The gear's id of it
     */
    readonly id?: string;
  };
  /**
   * When it was last read or reported: ISO 8601, UTC
   */
  readonly read_at: string;
}
/**
 * Custom SIP headers applied to an INVITE
 */
export interface CustomSipHeadersDoc {
  /**
   * The SIP header to add
   */
  readonly [k: string]: string;
}
/**
 * Schema for endpoint media options
 */
export interface EndpointMediaDoc {
  /**
   * The audio media parameters
   */
  readonly audio?: {
    /**
     * A list of audio codecs the endpoint supports
     */
    readonly codecs?: readonly (
      | 'OPUS'
      | 'CELT@32000h'
      | 'G7221@32000h'
      | 'G7221@16000h'
      | 'G722'
      | 'speex@32000h'
      | 'speex@16000h'
      | 'PCMU'
      | 'PCMA'
      | 'G729'
      | 'GSM'
      | 'CELT@48000h'
      | 'CELT@64000h'
      | 'G722_16'
      | 'G722_32'
      | 'CELT_48'
      | 'CELT_64'
      | 'Speex'
      | 'speex'
    )[];
    readonly [k: string]: unknown;
  };
  /**
   * Default bypass media mode (The string type is deprecated, please use this as a boolean)
   */
  readonly bypass_media?: boolean | ('auto' | 'false' | 'true');
  /**
   * Encryption Parameters
   */
  readonly encryption?: {
    /**
     * Is Encryption Enabled?
     */
    readonly enforce_security?: boolean;
    /**
     * Supported Encryption Types
     */
    readonly methods?: readonly ('zrtp' | 'srtp')[];
    readonly [k: string]: unknown;
  };
  /**
   * Is T.38 Supported?
   */
  readonly fax_option?: boolean;
  /**
   * The option to determine if early media from the endpoint should always be ignored
   */
  readonly ignore_early_media?: boolean;
  /**
   * The progress timeout to apply to the endpoint (seconds)
   */
  readonly progress_timeout?: number;
  /**
   * The video media parameters
   */
  readonly video?: {
    /**
     * A list of video codecs the endpoint supports
     */
    readonly codecs?: readonly ('H261' | 'H263' | 'H264' | 'VP8')[];
    readonly [k: string]: unknown;
  };
  readonly [k: string]: unknown;
}
/**
 * Schema for request formatters
 */
export interface FormattersDoc {
  /**
   * Key to match in the route request JSON
   */
  readonly [k: string]: readonly FormatOptionsDoc[] | FormatOptionsDoc;
}
/**
 * Schema for formatter options
 */
export interface FormatOptionsDoc {
  /**
   * Only apply the formatter on the relevant request direction
   */
  readonly direction?: 'inbound' | 'outbound' | 'both';
  /**
   * Applicable on fields with SIP URIs. Will format the username portion to match the invite format of the outbound request.
   */
  readonly match_invite_format?: boolean;
  /**
   * Prepends value against the result of a successful regex match
   */
  readonly prefix?: string;
  /**
   * Matches against the value, with optional capture group
   */
  readonly regex?: string;
  /**
   * If set to true, the field will be stripped from the payload
   */
  readonly strip?: boolean;
  /**
   * Appends value against the result of a successful regex match
   */
  readonly suffix?: string;
  /**
   * Replaces the current value with the static value defined
   */
  readonly value?: string;
  readonly [k: string]: unknown;
}
/**
 * Schema for gear: a device with spans, how to reach it and how often to read it
 */
export interface GearDoc {
  /**
   * Kind of gear; GET /v2/gear_drivers lists them
   */
  readonly driver: string;
  /**
   * Whether the agent connects to it and reads it
   */
  readonly enabled?: boolean;
  /**
   * SSH host key the gear must show, as ssh-keygen -lf prints it. The agent writes the first it sees; where gear was really replaced, write the new one, or null to take the next
   */
  readonly host_key?: string;
  /**
   * Where it is: esl://host:8021, tcp://host:port, serial:///dev/…?baud=9600, file:///…; never with a user or a password in it
   */
  readonly link: string;
  /**
   * A friendly name for the gear
   */
  readonly name: string;
  /**
   * What the next technician should know
   */
  readonly notes?: string;
  /**
   * What the driver wants to know beside the link
   */
  readonly options?: {
    readonly [k: string]: unknown;
  };
  /**
   * Password for the gear. Kept encrypted and never returned; has_password says whether there is one
   */
  readonly password?: string;
  /**
   * Seconds from one full reading to the next; absent: as the driver thinks best
   */
  readonly poll_interval_s?: number;
  /**
   * User name for the gear
   */
  readonly username?: string;
}
/**
 * One frame of the conversation with gear, secrets masked
 */
export interface GearFrameDoc {
  /**
   * Grows by one
   */
  readonly sequence: number;
  /**
   * ISO 8601, UTC
   */
  readonly at: string;
  /**
   * From the agent's side
   */
  readonly direction: 'sent' | 'received';
  /**
   * The bytes as text
   */
  readonly text: string;
  /**
   * What the driver made of them
   */
  readonly decoded: string;
}
/**
 * What one look at a link says about the gear there
 */
export interface GearIdentificationDoc {
  /**
   * The driver that looked
   */
  readonly driver: string;
  /**
   * 0: certainly another kind of gear; 100: certainly this one
   */
  readonly score: number;
  /**
   * What the gear says of itself
   */
  readonly identity: {
    readonly [k: string]: string;
  };
  /**
   * What was seen that led to the score
   */
  readonly evidence: string;
  /**
   * Why the driver could not look
   */
  readonly error?: {
    /**
     * Error code
     */
    readonly code: string;
    /**
     * One sentence
     */
    readonly message: string;
  };
}
/**
 * Schema for a look at a link before it is saved
 */
export interface GearIdentifyDoc {
  /**
   * Which driver looks; absent: every one that speaks over such a link
   */
  readonly driver?: string;
  /**
   * As in gear
   */
  readonly link: string;
  /**
   * As in gear
   */
  readonly options?: {
    readonly [k: string]: unknown;
  };
  /**
   * Used once, not kept
   */
  readonly password?: string;
  /**
   * Used once, not kept
   */
  readonly username?: string;
}
/**
 * Options of gear with the driver freetdm
 */
export interface FreetdmOptionsDoc {
  /**
   * What drives the cards: DAHDI hands alarm colours on unmapped, others do not
   */
  readonly card?: 'unknown' | 'dahdi' | 'other';
}
/**
 * Options of gear with the driver generic-cli
 */
export interface GenericCliOptionsDoc {
  /**
   * The YAML text of a profile, or the name of a shipped one: frr
   */
  readonly profile: string;
  /**
   * Password of the privileged mode. Kept encrypted and never returned
   */
  readonly secret?: string;
}
/**
 * Options of gear with the driver ios
 */
export interface IosOptionsDoc {
  /**
   * Password of the privileged mode. Kept encrypted and never returned
   */
  readonly secret?: string;
}
/**
 * Options of gear with the driver tl1
 */
export interface Tl1OptionsDoc {
  /**
   * Which make of TL1 it speaks
   */
  readonly profile?: 'generic' | 'widebank28' | 'mx28xx' | 'ons15454' | 'c7';
  /**
   * Target identifier of the network element; absent: as the profile has it
   */
  readonly tid?: string;
}
/**
 * What is known of gear now: beside its document in replies, and in gear.state events
 */
export interface GearStateDoc {
  /**
   * Whether the agent has a session with it; off: not enabled
   */
  readonly link: 'connecting' | 'connected' | 'down' | 'off';
  /**
   * ISO 8601, UTC
   */
  readonly link_since?: string;
  /**
   * When the last full reading was complete: ISO 8601, UTC
   */
  readonly read_at?: string;
  /**
   * How long that reading took, in milliseconds
   */
  readonly read_ms?: number;
  /**
   * Model, version, host name: what the gear says of itself
   */
  readonly identity: {
    readonly [k: string]: string;
  };
  /**
   * How many spans it has
   */
  readonly spans: number;
  /**
   * How many of its alarms stand
   */
  readonly active_alarms: number;
  /**
   * What is wrong without being an alarm of the gear
   */
  readonly findings: {
    /**
     * What it is: dotted and stable
     */
    readonly code: string;
    /**
     * The span it is about, by the gear's own name
     */
    readonly span?: string;
    /**
     * One sentence for a technician
     */
    readonly message: string;
  }[];
  /**
   * Why the last full reading failed; absent after one that did not
   */
  readonly last_error?: {
    /**
     * Error code
     */
    readonly code: string;
    /**
     * One sentence
     */
    readonly message: string;
    /**
     * ISO 8601, UTC
     */
    readonly at: string;
  };
}
/**
 * A desktop that asks for access with a pairing code
 */
export interface PairingDoc {
  /**
   * The pairing code, as the agent printed it
   */
  readonly code: string;
  /**
   * The name of the desktop, for the list of users
   */
  readonly name?: string;
}
/**
 * Schema for telephone numbers
 */
export interface PhoneNumberDoc {
  /**
   * The state the number is created in
   */
  readonly create_with_state?: 'aging' | 'available' | 'in_service' | 'port_in' | 'reserved';
  readonly [k: string]: unknown;
}
/**
 * Schema for a job that adds numbers in bulk
 */
export interface ResourceJobDoc {
  /**
   * A friendly name for the job
   */
  readonly name?: string;
  /**
   * The telephone numbers to add to the account
   *
   * @minItems 1
   */
  readonly numbers: readonly string[];
  /**
   * The resource the numbers belong to
   */
  readonly resource_id: string;
  readonly [k: string]: unknown;
}
/**
 * Schema for the chain of rules that chooses resources
 */
export interface ResourceSelectorRulesDoc {
  /**
   * The steps in the order they are taken; each is an object with the name of the step as its only key
   */
  readonly rules?: readonly ResourceSelectorStep[];
  readonly [k: string]: unknown;
}
export interface ResourceSelectorStep {
  readonly [k: string]: unknown;
}
/**
 * Schema for a resource selector
 */
export interface ResourceSelectorDoc {
  /**
   * The name selectors are grouped by
   */
  readonly name: string;
  /**
   * The resource the selector belongs to
   */
  readonly resource: string;
  /**
   * What is compared with the request
   */
  readonly selector: string;
  /**
   * When the selector starts to apply
   */
  readonly start_time?: number;
  /**
   * When the selector stops to apply
   */
  readonly stop_time?: number;
  /**
   * A value that comes with the selector
   */
  readonly value?: string;
  readonly [k: string]: unknown;
}
/**
 * Schema for resource templates
 */
export interface ResourceTemplateDoc {
  /**
   * A friendly name for the template
   */
  readonly template_name: string;
  readonly [k: string]: unknown;
}
/**
 * Schema for resources
 */
export interface ResourceDoc {
  /**
   * Which caller id calls over this resource present
   */
  readonly caller_id_options?: {
    /**
     * The type of caller id to use
     */
    readonly type?: 'internal' | 'external' | 'emergency';
    readonly [k: string]: unknown;
  };
  /**
   * A list of regular expressions of which one must match the caller id number for the resource to be eligible
   */
  readonly cid_rules?: readonly string[];
  /**
   * Settings by number classifier; a resource that has them is matched by classifier instead of by rules
   */
  readonly classifiers?: {
    readonly [k: string]: ClassifierDoc;
  };
  /**
   * SIP headers kept with the resource; calls carry those of its gateways
   */
  readonly custom_sip_headers?: {
    readonly [k: string]: unknown;
  };
  /**
   * Determines if the resource represents emergency services
   */
  readonly emergency?: boolean;
  /**
   * Determines if the resource is currently enabled
   */
  readonly enabled?: boolean;
  /**
   * A list of flags that can be provided on the request and must match for the resource to be eligible
   */
  readonly flags?: readonly string[];
  /**
   * Regex for determining if a number should not be eligible for flat-rate trunking
   */
  readonly flat_rate_blacklist?: string;
  /**
   * Regex for determining if the number is eligible for flat-rate trunking
   */
  readonly flat_rate_whitelist?: string;
  /**
   * When set to true requests to this resource will have a reformatted SIP From Header
   */
  readonly format_from_uri?: boolean;
  readonly formatters?: FormattersDoc;
  /**
   * When formatting SIP From on outbound requests the realm of the account is used
   */
  readonly from_account_realm?: boolean;
  /**
   * When formatting SIP From on outbound requests this can be used to override the realm
   */
  readonly from_uri_realm?: string;
  /**
   * The strategy of choosing gateways from list: sequential or random
   */
  readonly gateway_strategy?: 'sequential' | 'random';
  /**
   * A list of gateways available for this resource
   */
  readonly gateways: readonly GatewayDoc[];
  /**
   * The amount of time, in seconds, to wait before starting another resource
   */
  readonly grace_period?: number;
  /**
   * When set to true this resource is used if the rules/classifiers match regardless of flags
   */
  readonly ignore_flags?: boolean;
  readonly media?: EndpointMediaDoc;
  /**
   * A friendly name for the resource
   */
  readonly name: string;
  /**
   * When set to true this resource is ignored if the request does not specify outbound flags
   */
  readonly require_flags?: boolean;
  /**
   * A list of regular expressions of which one must match for the rule to be eligible, they can optionally contain capture groups
   */
  readonly rules?: readonly string[];
  /**
   * A list of regular expressions of numbers that are only dialed as a test
   */
  readonly rules_test?: readonly string[];
  /**
   * A value between 0 and 100 that determines the order of resources when multiple can be used
   */
  readonly weight_cost?: number;
  readonly [k: string]: unknown;
}
export interface ClassifierDoc {
  /**
   * Determines if calls of this classifier are emergency calls
   */
  readonly emergency?: boolean;
  /**
   * Determines if the resource takes calls of this classifier
   */
  readonly enabled?: boolean;
  /**
   * A string to prepend to the dialed number or capture group of the matching rule
   */
  readonly prefix?: string;
  /**
   * A regular expression used instead of the one of the classifier
   */
  readonly regex?: string;
  /**
   * A string to append to the dialed number or capture group of the matching rule
   */
  readonly suffix?: string;
  /**
   * A value between 0 and 100 that determines the order of resources for calls of this classifier
   */
  readonly weight_cost?: number;
  readonly [k: string]: unknown;
}
export interface GatewayDoc {
  /**
   * The resource gateway bypass media mode
   */
  readonly bypass_media?: boolean;
  /**
   * The type of caller id to use
   */
  readonly caller_id_type?: 'internal' | 'external' | 'emergency';
  /**
   * Automatic selection of the channel within the span: ascending starts at 1 and moves up; descending is the opposite
   */
  readonly channel_selection?: 'ascending' | 'descending';
  /**
   * A list of single list codecs supported by this gateway (to support backward compatibility)
   */
  readonly codecs?: readonly (
    | 'G729'
    | 'PCMU'
    | 'PCMA'
    | 'G722_16'
    | 'G722_32'
    | 'CELT_48'
    | 'CELT_64'
    | 'Speex'
    | 'GSM'
    | 'OPUS'
    | 'H261'
    | 'H263'
    | 'H264'
    | 'VP8'
  )[];
  /**
   * A property list of SIP headers
   */
  readonly custom_sip_headers?:
    | CustomSipHeadersDoc
    | {
        readonly in?: CustomSipHeadersDoc;
        readonly out?: CustomSipHeadersDoc;
        readonly [k: string]: unknown;
      };
  /**
   * The name of a custom SIP interface
   */
  readonly custom_sip_interface?: string;
  /**
   * Determines if the resource gateway is currently enabled
   */
  readonly enabled?: boolean;
  /**
   * What type of endpoint is this gateway
   */
  readonly endpoint_type?: 'sip' | 'freetdm' | 'skype' | 'amqp';
  /**
   * Allow request only from this port
   */
  readonly force_port?: boolean;
  /**
   * When set to true requests to this resource gateway will have a reformatted SIP From Header
   */
  readonly format_from_uri?: boolean;
  /**
   * When formatting SIP From on outbound requests this can be used to override the realm
   */
  readonly from_uri_realm?: string;
  /**
   * The format of the DID needed by the underlying hardware/gateway
   */
  readonly invite_format?: 'route' | 'username' | 'e164' | 'npan' | '1npan' | 'strip_plus';
  readonly invite_parameters?: InviteParametersDoc;
  /**
   * The media parameters for the resource gateway
   */
  readonly media?: {
    /**
     * Is T.38 Supported?
     */
    readonly fax_option?: boolean;
    /**
     * RTCP protocol messages mixed with RTP data
     */
    readonly rtcp_mux?: boolean;
    readonly [k: string]: unknown;
  };
  /**
   * SIP authentication password
   */
  readonly password?: string;
  /**
   * This resource gateway port
   */
  readonly port?: number;
  /**
   * A string to prepend to the dialed number or capture group of the matching rule
   */
  readonly prefix?: string;
  /**
   * The progress timeout to apply to the resource gateway
   */
  readonly progress_timeout?: number;
  /**
   * This resource gateway authentication realm
   */
  readonly realm?: string;
  /**
   * A statically configured SIP URI to route all call to
   */
  readonly route?: string;
  /**
   * This resource gateway server
   */
  readonly server: string;
  /**
   * The name of the Skype interface to route the call over
   */
  readonly skype_interface?: string;
  /**
   * Determines whether to round-robin calls amongst all interfaces (overrides "skype_interface" setting)
   */
  readonly skype_rr?: boolean;
  /**
   * The identity of the hardware on the media server
   */
  readonly span?: string;
  /**
   * A string to append to the dialed number or capture group of the matching rule
   */
  readonly suffix?: string;
  /**
   * SIP authentication username
   */
  readonly username?: string;
  readonly [k: string]: unknown;
}
export interface InviteParametersDoc {
  /**
   * A list of properties that, if found on the inbound call, should be added as an INVITE parameter
   */
  readonly dynamic?: readonly (
    | string
    | 'zone'
    | {
        /**
         * The property of the inbound call whose value is added
         */
        readonly key: string | 'zone';
        /**
         * What stands between the parameter name and its value; an equals sign when not given
         */
        readonly separator?: string;
        /**
         * The name of the INVITE parameter
         */
        readonly tag: string;
      }
  )[];
  /**
   * A list of static values that should be added as INVITE parameters
   */
  readonly static?: readonly string[];
}
/**
 * Schema for a request to find the speed of a serial line
 */
export interface SerialPortProbeDoc {
  /**
   * A serial:/// or rfc2217:// link; its speed does not matter
   */
  readonly link: string;
}
/**
 * What was heard on a line at each speed tried
 */
export interface SerialPortProbeResultDoc {
  /**
   * The speed that gave text, in bits per second; absent when none did
   */
  readonly baud?: number;
  /**
   * One for each speed, in the order tried
   */
  readonly samples: {
    /**
     * Bits per second
     */
    readonly baud: number;
    /**
     * Bytes heard
     */
    readonly bytes: number;
    /**
     * The share of them that is text
     */
    readonly printable: number;
  }[];
}
/**
 * A serial port of the agent's machine
 */
export interface SerialPortDoc {
  /**
   * The name to use in a link: one that stays when adapters are plugged anew, where there is one
   */
  readonly id: string;
  /**
   * The device behind it now
   */
  readonly device: string;
  /**
   * Who made the adapter
   */
  readonly maker?: string;
  /**
   * Serial number of the adapter
   */
  readonly serial_number?: string;
  /**
   * USB vendor id
   */
  readonly vendor_id?: string;
  /**
   * USB product id
   */
  readonly product_id?: string;
  /**
   * Other programs that have it open, as far as the agent may look
   */
  readonly held_by: {
    /**
     * Process id
     */
    readonly pid: number;
    /**
     * Program
     */
    readonly name: string;
  }[];
  /**
   * Why the agent cannot open it, in words; absent when it can
   */
  readonly obstacle?: string;
}
/**
 * A site at a glance, as the token sees it: what a list of many sites asks each of them
 */
export interface SiteDoc {
  /**
   * Version of the agent
   */
  readonly version: string;
  /**
   * The agent's own time: ISO 8601, UTC
   */
  readonly at: string;
  /**
   * When the agent was started, by its own clock: ISO 8601, UTC
   */
  readonly started_at?: string;
  /**
   * SHA-256 of the agent's certificate; absent where it serves without one
   */
  readonly fingerprint?: string;
  /**
   * Alarms that stand, by severity
   */
  readonly alarms: {
    /**
     * Critical ones
     */
    readonly critical: number;
    /**
     * Major ones
     */
    readonly major: number;
    /**
     * Minor ones
     */
    readonly minor: number;
    /**
     * Warnings
     */
    readonly warning: number;
    /**
     * How many of them nobody has taken notice of
     */
    readonly unacknowledged: number;
  };
  /**
   * Jobs that are not complete: of the site for the master account, else the account's own
   */
  readonly jobs: {
    /**
     * Under way or waiting for their turn
     */
    readonly running: number;
    /**
     * Paused by a person
     */
    readonly paused: number;
  };
  /**
   * Gear by its link; for the master account only
   */
  readonly gear?: {
    /**
     * Being connected to
     */
    readonly connecting: number;
    /**
     * In conversation
     */
    readonly connected: number;
    /**
     * Out of reach
     */
    readonly down: number;
    /**
     * Not enabled
     */
    readonly off: number;
  };
  /**
   * How many spans there are; for the master account only
   */
  readonly spans?: number;
  /**
   * Spans with channels, by whether signalling is up; for the master account only
   */
  readonly signalling?: {
    /**
     * Calls can be made
     */
    readonly up: number;
    /**
     * Held by one of the ends
     */
    readonly suspended: number;
    /**
     * The ends do not understand each other
     */
    readonly down: number;
    /**
     * The gear does not say, or is out of reach
     */
    readonly unknown: number;
  };
  /**
   * What the database takes, in bytes; for the master account only
   */
  readonly disk?: {
    /**
     * The database file
     */
    readonly database_bytes: number;
    /**
     * Its write-ahead log
     */
    readonly wal_bytes: number;
    /**
     * What is left on that file system; absent where it does not say
     */
    readonly free_bytes?: number;
  };
}
/**
 * Counters of a span over 15 minutes, or over several such intervals together. What is missing is unknown
 */
export interface SpanPerformanceDoc {
  /**
   * 1 for the newest
   */
  readonly sequence: number;
  /**
   * interval: 15 minutes; sum: several of them together
   */
  readonly kind: 'interval' | 'sum';
  /**
   * How many intervals were counted
   */
  readonly intervals: number;
  /**
   * near: as the gear sees it; far: as the other end told it
   */
  readonly end: 'near' | 'far';
  /**
   * 0 for the interval that runs, 1 for the one before, where the gear counts back
   */
  readonly age?: number;
  /**
   * Begin of the interval by the gear's own clock, which has no year and no zone (07-14 11:45), where the gear names times
   */
  readonly start?: string;
  /**
   * Seconds counted
   */
  readonly elapsed_s?: number;
  /**
   * Whether the interval was counted to its end
   */
  readonly complete?: boolean;
  /**
   * By the names of RFC 4805: LCV, PCV violations; LES, ES, BES, SES, SEFS, UAS, CSS seconds; DM minutes
   */
  readonly counters: {
    readonly [k: string]: number;
  };
  /**
   * Counters under the gear's own names
   */
  readonly other?: {
    readonly [k: string]: number;
  };
  /**
   * When it was read
   */
  readonly read_at: string;
}
/**
 * A span as it was last read; values keep their age when the gear is out of reach
 */
export interface SpanDoc {
  /**
   * Id of the span
   */
  readonly id: string;
  /**
   * The gear it belongs to
   */
  readonly gear_id: string;
  /**
   * The gear's own name of it
   */
  readonly native: string;
  /**
   * Our own name of it, else the gear's
   */
  readonly name: string;
  /**
   * What people wrote about it
   */
  readonly notes?: string;
  /**
   * What kind of interface it is
   */
  readonly kind: 'T1' | 'E1' | 'J1' | 'BRI' | 'FXS' | 'FXO' | 'EM' | 'unknown';
  /**
   * Time slots of the frame, the D-channel included; channels of an analogue bank
   */
  readonly slots: number;
  /**
   * The time slots that have a channel: 1-15,17-31
   */
  readonly slot_set: string;
  /**
   * Time slot of the D-channel; absent: none, or unknown
   */
  readonly d_channel?: number;
  /**
   * As the gear says
   */
  readonly framing?: string;
  /**
   * As the gear says
   */
  readonly line_code?: string;
  /**
   * As the gear says
   */
  readonly clock?: string;
  /**
   * What the gear was told to do with it
   */
  readonly admin: 'up' | 'down' | 'maintenance' | 'unknown';
  /**
   * Whether the signalling protocol is alive
   */
  readonly signalling: 'up' | 'suspended' | 'down' | 'unknown';
  /**
   * Whether the signalling stack runs
   */
  readonly running: 'started' | 'stopped' | 'wedged' | 'unknown';
  /**
   * RFC 4805 dsx1LineStatus
   */
  readonly status?: {
    /**
     * Sum of the bits; 1 is no alarm
     */
    readonly bits: number;
    /**
     * Name of each bit that is set
     */
    readonly names: readonly string[];
  };
  /**
   * In which order free channels are taken
   */
  readonly order: {
    /**
     * Whether there is an order and it is known
     */
    readonly kind: 'known' | 'not_applicable' | 'unknown';
    /**
     * Where the hunt begins
     */
    readonly direction?: 'ascending' | 'descending';
    /**
     * linear begins anew each time, cyclic goes on after the last channel taken
     */
    readonly memory?: 'linear' | 'cyclic';
  };
  /**
   * What can be asked of it
   */
  readonly capabilities: readonly string[];
  /**
   * What the driver read beside the model
   */
  readonly detail: {
    readonly [k: string]: string;
  };
  /**
   * What a reader must know to trust the values
   */
  readonly caveats: readonly string[];
  /**
   * Whether the agent has a session with the gear
   */
  readonly link: 'connecting' | 'connected' | 'down' | 'off';
  /**
   * Whether the values are from before the session was lost, or long overdue
   */
  readonly stale: boolean;
  /**
   * What signalling and running were while they are unknown because the gear is out of reach
   */
  readonly last_known?: {
    /**
     * Whether the signalling protocol is alive
     */
    readonly signalling: 'up' | 'suspended' | 'down' | 'unknown';
    /**
     * Whether the signalling stack runs
     */
    readonly running: 'started' | 'stopped' | 'wedged' | 'unknown';
  };
  /**
   * How many channels are in each state
   */
  readonly channels: {
    /**
     * Channels idle
     */
    readonly idle: number;
    /**
     * Channels busy
     */
    readonly busy: number;
    /**
     * Channels blocked
     */
    readonly blocked: number;
    /**
     * Channels out_of_service
     */
    readonly out_of_service: number;
    /**
     * Channels unknown
     */
    readonly unknown: number;
    /**
     * Channels in alarm
     */
    readonly alarm: number;
    /**
     * All channels
     */
    readonly total: number;
  };
  /**
   * How many alarms of it stand
   */
  readonly active_alarms: number;
  /**
   * Gateways of resources that dial into it
   */
  readonly dialled_by: readonly DialledByDoc[];
  /**
   * What is wrong with it, or between it and what dials into it
   */
  readonly findings: readonly FindingDoc[];
  /**
   * When it was last read or reported: ISO 8601, UTC
   */
  readonly read_at: string;
}
/**
 * One gateway
 */
export interface DialledByDoc {
  /**
   * The resource
   */
  readonly resource_id: string;
  /**
   * Its name
   */
  readonly resource_name?: string;
  /**
   * Whose; absent: a global resource
   */
  readonly account_id?: string;
  /**
   * Place in the resource's gateways, from 0
   */
  readonly gateway_index: number;
  /**
   * As in the gateway
   */
  readonly channel_selection: 'ascending' | 'descending';
  /**
   * What stands in the dial string: a hunts upwards, A downwards
   */
  readonly letter: 'a' | 'A';
  /**
   * Whether both the resource and the gateway are
   */
  readonly enabled: boolean;
}
/**
 * One condition and what can be done about it
 */
export interface FindingDoc {
  /**
   * What it is: dotted and stable
   */
  readonly code: string;
  /**
   * The span it is about, by the gear's own name
   */
  readonly span?: string;
  /**
   * One sentence for a technician
   */
  readonly message: string;
}
/**
 * What people may write about a span; nothing of it reaches the gear
 */
export interface SpanLocalDoc {
  /**
   * A name of our own for the span
   */
  readonly name?: string;
  /**
   * What the next technician should know
   */
  readonly notes?: string;
}
/**
 * System settings of the API as a whole
 */
export interface CrossbarConfigDoc {
  /**
   * Rows of a page for which the request names no page_size
   */
  readonly pagination_page_size?: number;
  /**
   * When set to true scalars of another type are refused instead of converted
   */
  readonly schema_strict_validation?: boolean;
  readonly [k: string]: unknown;
}
/**
 * System settings of signing in
 */
export interface CrossbarAuthConfigDoc {
  /**
   * Seconds for which a token is good after signing in
   */
  readonly token_life_s?: number;
  readonly [k: string]: unknown;
}
/**
 * System settings of the resources API
 */
export interface CrossbarResourcesConfigDoc {
  /**
   * Determines if a resource of an account may be a peer
   */
  readonly allow_peers?: boolean;
  /**
   * What a bulk create or change answers: errors and successes as documented, or the listing Kazoo answers with
   */
  readonly collection_reply?: 'documented' | 'kazoo';
  /**
   * Age in seconds of the last change after which an unfinished job counts as stalled; wins over job_recovery_threshold_s
   */
  readonly job_recover_threshold_s?: number;
  /**
   * Seconds between two looks for stalled jobs; wins over job_recovery_timeout_s
   */
  readonly job_recover_timeout_s?: number;
  /**
   * Age in seconds of the last change after which an unfinished job counts as stalled
   */
  readonly job_recovery_threshold_s?: number;
  /**
   * Seconds between two looks for stalled jobs
   */
  readonly job_recovery_timeout_s?: number;
  readonly [k: string]: unknown;
}
/**
 * System settings of numbers: how they are normalised and classified
 */
export interface NumberManagerConfigDoc {
  /**
   * Whether accounts other than the master account may add numbers themselves
   */
  readonly accounts_may_add_numbers?: boolean;
  /**
   * Number classifiers by name, or a list of them with `name`; the first whose regex matches wins, in this order
   */
  readonly classifiers?:
    | {
        readonly [k: string]:
          | string
          | {
              /**
               * Determines if numbers of this class are emergency numbers
               */
              readonly emergency?: boolean;
              /**
               * The name shown to people
               */
              readonly friendly_name?: string;
              /**
               * How a number of this class is printed
               */
              readonly pretty_print?: string;
              /**
               * Matches the numbers of this class, after conversion to E.164
               */
              readonly regex?: string;
              readonly [k: string]: unknown;
            };
      }
    | {
        /**
         * The name of the classifier
         */
        readonly name: string;
        /**
         * Matches the numbers of this class, after conversion to E.164
         */
        readonly regex?: string;
        readonly [k: string]: unknown;
      }[];
  /**
   * Conversions to E.164 by regex, or a list of them with `regex`; the first that matches wins, in this order
   */
  readonly e164_converters?:
    | {
        readonly [k: string]: {
          /**
           * A string to prepend to the last capture group of the regex
           */
          readonly prefix?: string;
          /**
           * A string to append to the last capture group of the regex
           */
          readonly suffix?: string;
          readonly [k: string]: unknown;
        };
      }
    | {
        /**
         * Matches the numbers to convert
         */
        readonly regex: string;
        readonly [k: string]: unknown;
      }[];
  /**
   * Countries (ISO 3166, two letters) whose emergency numbers every account must be able to dial
   */
  readonly emergency_countries?: readonly string[];
  /**
   * Emergency numbers by country, in place of those the program knows
   */
  readonly emergency_numbers?: {
    readonly [k: string]: readonly string[];
  };
  /**
   * Numbers that match, after conversion to E.164, are taken for telephone numbers
   */
  readonly reconcile_regex?: string;
  readonly [k: string]: unknown;
}
/**
 * System settings of routing
 */
export interface StepswitchConfigDoc {
  /**
   * Determines if cid_rules see the user of the first diversion in place of the caller id number
   */
  readonly cid_rules_honor_diversions?: boolean;
  /**
   * Audio codecs of resources that name none
   */
  readonly default_audio_codecs?: readonly string[];
  /**
   * Bypass media mode of resources that name none
   */
  readonly default_bypass_media?: boolean;
  /**
   * Caller id type of gateways that name none
   */
  readonly default_caller_id_type?: string;
  /**
   * Codecs of gateways for which neither resource nor settings name audio or video codecs
   */
  readonly default_codecs?: readonly string[];
  /**
   * Caller id number of an emergency call that has no valid one
   */
  readonly default_emergency_cid_number?: string;
  readonly default_formatters?: FormattersDoc;
  /**
   * Prefix of gateways that name none
   */
  readonly default_prefix?: string;
  /**
   * Caller id name of calls that hide it; Anonymous when not set
   */
  readonly default_privacy_name?: string;
  /**
   * Caller id number of calls that hide it; anonymous when not set
   */
  readonly default_privacy_number?: string;
  /**
   * Progress timeout in seconds of gateways that name none; 0 switches it off
   */
  readonly default_progress_timeout?: number;
  /**
   * SIP URI of gateways that name none
   */
  readonly default_route?: string;
  /**
   * Determines if gateways that say nothing about it mix RTCP messages with RTP data
   */
  readonly default_rtcp_mux?: boolean;
  /**
   * Suffix of gateways that name none
   */
  readonly default_suffix?: string;
  /**
   * Video codecs of resources that name none
   */
  readonly default_video_codecs?: readonly string[];
  /**
   * Weight of resources that name none
   */
  readonly default_weight?: number;
  /**
   * What a refused emergency call is told
   */
  readonly deny_emergency_bridge_cause?: string;
  /**
   * The SIP code a refused emergency call ends with
   */
  readonly deny_emergency_bridge_code?: number;
  /**
   * When set to true emergency calls without a valid emergency caller id are refused
   */
  readonly deny_invalid_emergency_cid?: boolean;
  /**
   * When set to true emergency numbers are dialed over emergency resources only
   */
  readonly emergency_numbers_only_over_emergency_resources?: boolean;
  /**
   * When set to true emergency resources are kept for emergency numbers
   */
  readonly emergency_resources_only_for_emergency_numbers?: boolean;
  /**
   * When set to true emergency calls present a caller id number that is enabled for emergency services
   */
  readonly ensure_valid_emergency_cid?: boolean;
  /**
   * How many leading digits of the caller id are put before a short dialed number, whatever its length
   */
  readonly fixed_length_shortdial_correction?: number;
  /**
   * Regex of numbers that are not eligible for flat-rate trunking
   */
  readonly flat_rate_blacklist?: string;
  /**
   * Regex of numbers that are eligible for flat-rate trunking
   */
  readonly flat_rate_whitelist?: string;
  /**
   * Determines if calls have a reformatted SIP From header whatever their resource says
   */
  readonly format_from_uri?: boolean;
  /**
   * When set to true resources of equal weight are ordered as Kazoo orders them, which depends on the flags of the request
   */
  readonly kazoo_ties?: boolean;
  /**
   * A dialed number that lacks more digits than this is not completed from the caller id
   */
  readonly max_shortdial_correction?: number;
  /**
   * A dialed number that lacks fewer digits than this is not completed from the caller id
   */
  readonly min_shortdial_correction?: number;
  /**
   * How a hidden caller id is hidden: kazoo replaces it, sip leaves it to FreeSWITCH
   */
  readonly privacy_method?: 'kazoo' | 'sip' | 'none';
  /**
   * Determines if the flat-rate lists of a global resource count
   */
  readonly resource_flat_rate_lookup?: boolean;
  /**
   * The SIP interface of gateways that name none; sipinterface_1 when not set
   */
  readonly sip_interface?: string;
  /**
   * Determines if calls that hide their caller id carry a Privacy header
   */
  readonly use_sip_privacy_header?: boolean;
  /**
   * The zone of this site, for INVITE parameters; local when not set
   */
  readonly zone?: string;
  readonly [k: string]: unknown;
}
/**
 * Sign-in with the credentials of a user
 */
export interface UserAuthDoc {
  /**
   * The name of the account of the user
   */
  readonly account_name?: string;
  /**
   * The realm of the account of the user
   */
  readonly account_realm?: string;
  /**
   * Hexadecimal digest of username:password
   */
  readonly credentials: string;
  /**
   * The digest of the credentials
   */
  readonly method?: 'md5' | 'sha';
  /**
   * A telephone number of the account of the user
   */
  readonly phone_number?: string;
  /**
   * The realm of the account of the user
   */
  readonly realm?: string;
  readonly [k: string]: unknown;
}
/**
 * Schema for users
 */
export interface UserDoc {
  /**
   * The email address of the user
   */
  readonly email?: string;
  /**
   * Determines if the user is currently enabled
   */
  readonly enabled?: boolean;
  /**
   * The first name of the user
   */
  readonly first_name?: string;
  /**
   * The language of the user
   */
  readonly language?: string;
  /**
   * The last name of the user
   */
  readonly last_name?: string;
  /**
   * The password the user signs in with
   */
  readonly password?: string;
  /**
   * What the user may do
   */
  readonly priv_level?: 'admin' | 'technician' | 'read_only' | 'user';
  /**
   * The timezone of the user
   */
  readonly timezone?: string;
  /**
   * The name the user signs in with
   */
  readonly username?: string;
  readonly [k: string]: unknown;
}

/** Every code of errors.json, which says what each means and who can fix it. */
export type ErrorCode =
  | 'request.invalid'
  | 'request.too-large'
  | 'request.bad-parameter'
  | 'request.unsupported-type'
  | 'request.not-acceptable'
  | 'request.unknown-path'
  | 'request.method-not-allowed'
  | 'request.version-gone'
  | 'request.key-reused'
  | 'document.not-found'
  | 'document.conflict'
  | 'document.revision-mismatch'
  | 'account.not-found'
  | 'account.disabled'
  | 'auth.missing'
  | 'auth.bad-token'
  | 'auth.wrong'
  | 'auth.wrong-code'
  | 'auth.unknown-key'
  | 'auth.forbidden'
  | 'auth.rate-limited'
  | 'number.exists'
  | 'number.not-found'
  | 'number.not-reconcilable'
  | 'job.not-found'
  | 'job.bad-id'
  | 'job.wrong-state'
  | 'config.invalid'
  | 'config.unreadable'
  | 'config.newer-than-program'
  | 'config.data-dir-unusable'
  | 'config.data-dir-in-use'
  | 'config.port-taken'
  | 'store.busy'
  | 'store.full'
  | 'store.corrupt'
  | 'store.newer-than-program'
  | 'store.migration-failed'
  | 'store.closed'
  | 'codec.malformed'
  | 'codec.too-large'
  | 'transport.not-found'
  | 'transport.permission'
  | 'transport.busy'
  | 'transport.open-failed'
  | 'transport.lost'
  | 'transport.unsupported'
  | 'transport.untrusted'
  | 'driver.not-connected'
  | 'driver.login-refused'
  | 'driver.timeout'
  | 'driver.denied'
  | 'driver.out-of-sync'
  | 'driver.suspended'
  | 'driver.unexpected-reply'
  | 'driver.access-refused'
  | 'secret.unreadable'
  | 'stream.too-many'
  | 'agent.unreachable'
  | 'agent.untrusted'
  | 'agent.pin-changed'
  | 'agent.incompatible'
  | 'site.not-found'
  | 'vault.unavailable'
  | 'vault.unreadable'
  | 'ipc.refused';
