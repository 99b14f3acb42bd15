// What a FreeSWITCH 1.11.3-dev with mod_freetdm (libpri) said on its event socket, as templates:
// {marks} stand where names, numbers, ids and times stood. Recorded by Craftport from a server
// of its own (test/fixtures/freetdm/README.md says how); this is output of that program, not its
// source. Written by hand from there on; a test compares what the simulator says with the
// recordings byte for byte.

export interface EventTemplate {
  readonly file: string;
  readonly function: string;
  readonly line: number;
  /** Header lines after the ones that every event has. */
  readonly headers: string;
}

/** By event and direction. Of the last the statistics of the call are left out. */
export const CALL_EVENTS = {
  CHANNEL_CREATE: {
    outbound: {
      file: 'switch_core_state_machine.c',
      function: 'switch_core_session_run',
      line: 626,
      headers: `Channel-State: CS_INIT
Channel-Call-State: DOWN
Channel-State-Number: 2
Channel-Name: FreeTDM/{span}%3A{channel}/{called}
Unique-ID: {uuid}
Call-Direction: outbound
Presence-Call-Direction: outbound
Channel-HIT-Dialplan: false
Channel-Call-UUID: {uuid}
Answer-State: ringing
Channel-Read-Codec-Name: PCMA
Channel-Read-Codec-Rate: 8000
Channel-Read-Codec-Bit-Rate: 64000
Channel-Write-Codec-Name: PCMA
Channel-Write-Codec-Rate: 8000
Channel-Write-Codec-Bit-Rate: 64000
Caller-Direction: outbound
Caller-Logical-Direction: outbound
Caller-Callee-ID-Name: Outbound%20Call
Caller-Callee-ID-Number: {called}
Caller-ANI: {ani}
Caller-Destination-Number: {called}
Caller-Unique-ID: {uuid}
Caller-Source: src/switch_ivr_originate.c
Caller-Context: default
Caller-Channel-Name: FreeTDM/{span}%3A{channel}/{called}
Caller-Profile-Index: 1
Caller-Profile-Created-Time: {createdUs}
Caller-Channel-Created-Time: {createdUs}
Caller-Channel-Answered-Time: 0
Caller-Channel-Progress-Time: 0
Caller-Channel-Progress-Media-Time: 0
Caller-Channel-Hangup-Time: 0
Caller-Channel-Transfer-Time: 0
Caller-Channel-Resurrect-Time: 0
Caller-Channel-Bridged-Time: 0
Caller-Channel-Last-Hold: 0
Caller-Channel-Hold-Accum: 0
Caller-Screen-Bit: true
Caller-Privacy-Hide-Name: false
Caller-Privacy-Hide-Number: false
variable_direction: outbound
variable_is_outbound: true
variable_uuid: {uuid}
variable_call_uuid: {uuid}
variable_session_id: {session}
variable_read_codec: PCMA
variable_read_rate: 8000
variable_write_codec: PCMA
variable_write_rate: 8000
variable_channel_name: FreeTDM/{span}%3A{channel}/{called}
variable_freetdm_span_name: {name}
variable_freetdm_span_number: {span}
variable_freetdm_chan_number: {channel}
variable_originate_early_media: true
variable_originate_endpoint: freetdm`,
    },
    inbound: {
      file: 'switch_core_state_machine.c',
      function: 'switch_core_session_run',
      line: 626,
      headers: `Channel-State: CS_INIT
Channel-Call-State: DOWN
Channel-State-Number: 2
Channel-Name: FreeTDM/{span}%3A{channel}/{called}
Unique-ID: {uuid}
Call-Direction: inbound
Presence-Call-Direction: inbound
Channel-HIT-Dialplan: true
Channel-Call-UUID: {uuid}
Answer-State: ringing
Channel-Read-Codec-Name: PCMA
Channel-Read-Codec-Rate: 8000
Channel-Read-Codec-Bit-Rate: 64000
Channel-Write-Codec-Name: PCMA
Channel-Write-Codec-Rate: 8000
Channel-Write-Codec-Bit-Rate: 64000
Caller-Direction: inbound
Caller-Logical-Direction: inbound
Caller-Username: FreeTDM
Caller-Dialplan: XML
Caller-Caller-ID-Number: {caller}
Caller-Orig-Caller-ID-Number: {caller}
Caller-ANI: {caller}
Caller-ANI-II: 00
Caller-Destination-Number: {called}
Caller-Unique-ID: {uuid}
Caller-Source: mod_freetdm
Caller-Context: default
Caller-Channel-Name: FreeTDM/{span}%3A{channel}/{called}
Caller-Profile-Index: 1
Caller-Profile-Created-Time: {createdUs}
Caller-Channel-Created-Time: {createdUs}
Caller-Channel-Answered-Time: 0
Caller-Channel-Progress-Time: 0
Caller-Channel-Progress-Media-Time: 0
Caller-Channel-Hangup-Time: 0
Caller-Channel-Transfer-Time: 0
Caller-Channel-Resurrect-Time: 0
Caller-Channel-Bridged-Time: 0
Caller-Channel-Last-Hold: 0
Caller-Channel-Hold-Accum: 0
Caller-Screen-Bit: true
Caller-Privacy-Hide-Name: false
Caller-Privacy-Hide-Number: false
variable_direction: inbound
variable_uuid: {uuid}
variable_call_uuid: {uuid}
variable_session_id: {session}
variable_read_codec: PCMA
variable_read_rate: 8000
variable_write_codec: PCMA
variable_write_rate: 8000
variable_channel_name: FreeTDM/{span}%3A{channel}/{called}
variable_freetdm_span_name: {name}
variable_freetdm_span_number: {span}
variable_freetdm_chan_number: {channel}
variable_freetdm_bearer_capability: 0
variable_freetdm_bearer_layer1: 0
variable_freetdm_calling_party_category: unknown
variable_screening_ind: user-provided-verified-and-passed
variable_presentation_ind: presentation-allowed
variable_sip_h_X-FreeTDM-SpanName: {name}
variable_sip_h_X-FreeTDM-TransUUID: {uuid}
variable_sip_h_X-FreeTDM-SpanNumber: {span}
variable_sip_h_X-FreeTDM-ChanNumber: {channel}
variable_sip_h_X-FreeTDM-ANI-TON: 0
variable_sip_h_X-FreeTDM-ANI-Plan: 0
variable_sip_h_X-FreeTDM-ANI2: 00
variable_sip_h_X-FreeTDM-DNIS: {called}
variable_sip_h_X-FreeTDM-DNIS-TON: 0
variable_sip_h_X-FreeTDM-DNIS-Plan: 0
variable_sip_h_X-FreeTDM-RDNIS-NADI: 0
variable_sip_h_X-FreeTDM-RDNIS-Plan: 0
variable_sip_h_X-FreeTDM-CPC: unknown
variable_sip_h_X-FreeTDM-Screen: 1
variable_sip_h_X-FreeTDM-Presentation: 0
variable_sip_h_X-FreeTDM-CallReference: 1`,
    },
  },
  CHANNEL_ANSWER: {
    outbound: {
      file: 'switch_channel.c',
      function: 'switch_channel_perform_mark_answered',
      line: 3848,
      headers: `Channel-State: CS_CONSUME_MEDIA
Channel-Call-State: EARLY
Channel-State-Number: 7
Channel-Name: FreeTDM/{span}%3A{channel}/{called}
Unique-ID: {uuid}
Call-Direction: outbound
Presence-Call-Direction: outbound
Channel-HIT-Dialplan: false
Channel-Call-UUID: {uuid}
Answer-State: answered
Channel-Read-Codec-Name: PCMA
Channel-Read-Codec-Rate: 8000
Channel-Read-Codec-Bit-Rate: 64000
Channel-Write-Codec-Name: PCMA
Channel-Write-Codec-Rate: 8000
Channel-Write-Codec-Bit-Rate: 64000
Caller-Direction: outbound
Caller-Logical-Direction: outbound
Caller-Callee-ID-Name: Outbound%20Call
Caller-Callee-ID-Number: {called}
Caller-ANI: {ani}
Caller-Destination-Number: {called}
Caller-Unique-ID: {uuid}
Caller-Source: src/switch_ivr_originate.c
Caller-Context: default
Caller-Channel-Name: FreeTDM/{span}%3A{channel}/{called}
Caller-Profile-Index: 1
Caller-Profile-Created-Time: {createdUs}
Caller-Channel-Created-Time: {createdUs}
Caller-Channel-Answered-Time: {answeredUs}
Caller-Channel-Progress-Time: 0
Caller-Channel-Progress-Media-Time: {mediaUs}
Caller-Channel-Hangup-Time: 0
Caller-Channel-Transfer-Time: 0
Caller-Channel-Resurrect-Time: 0
Caller-Channel-Bridged-Time: 0
Caller-Channel-Last-Hold: 0
Caller-Channel-Hold-Accum: 0
Caller-Screen-Bit: true
Caller-Privacy-Hide-Name: false
Caller-Privacy-Hide-Number: false
variable_direction: outbound
variable_is_outbound: true
variable_uuid: {uuid}
variable_call_uuid: {uuid}
variable_session_id: {session}
variable_read_codec: PCMA
variable_read_rate: 8000
variable_write_codec: PCMA
variable_write_rate: 8000
variable_channel_name: FreeTDM/{span}%3A{channel}/{called}
variable_freetdm_span_name: {name}
variable_freetdm_span_number: {span}
variable_freetdm_chan_number: {channel}
variable_originate_early_media: true
variable_originate_endpoint: freetdm
variable_endpoint_disposition: EARLY%20MEDIA`,
    },
    inbound: {
      file: 'switch_channel.c',
      function: 'switch_channel_perform_mark_answered',
      line: 3848,
      headers: `Channel-State: CS_EXECUTE
Channel-Call-State: RINGING
Channel-State-Number: 4
Channel-Name: FreeTDM/{span}%3A{channel}/{called}
Unique-ID: {uuid}
Call-Direction: inbound
Presence-Call-Direction: inbound
Channel-HIT-Dialplan: true
Channel-Call-UUID: {uuid}
Answer-State: answered
Channel-Read-Codec-Name: PCMA
Channel-Read-Codec-Rate: 8000
Channel-Read-Codec-Bit-Rate: 64000
Channel-Write-Codec-Name: PCMA
Channel-Write-Codec-Rate: 8000
Channel-Write-Codec-Bit-Rate: 64000
Caller-Direction: inbound
Caller-Logical-Direction: inbound
Caller-Username: FreeTDM
Caller-Dialplan: XML
Caller-Caller-ID-Number: {caller}
Caller-Orig-Caller-ID-Number: {caller}
Caller-ANI: {caller}
Caller-ANI-II: 00
Caller-Destination-Number: {called}
Caller-Unique-ID: {uuid}
Caller-Source: mod_freetdm
Caller-Context: default
Caller-Channel-Name: FreeTDM/{span}%3A{channel}/{called}
Caller-Profile-Index: 1
Caller-Profile-Created-Time: {createdUs}
Caller-Channel-Created-Time: {createdUs}
Caller-Channel-Answered-Time: {answeredUs}
Caller-Channel-Progress-Time: 0
Caller-Channel-Progress-Media-Time: 0
Caller-Channel-Hangup-Time: 0
Caller-Channel-Transfer-Time: 0
Caller-Channel-Resurrect-Time: 0
Caller-Channel-Bridged-Time: 0
Caller-Channel-Last-Hold: 0
Caller-Channel-Hold-Accum: 0
Caller-Screen-Bit: true
Caller-Privacy-Hide-Name: false
Caller-Privacy-Hide-Number: false
variable_direction: inbound
variable_uuid: {uuid}
variable_session_id: {session}
variable_read_codec: PCMA
variable_read_rate: 8000
variable_write_codec: PCMA
variable_write_rate: 8000
variable_channel_name: FreeTDM/{span}%3A{channel}/{called}
variable_freetdm_span_name: {name}
variable_freetdm_span_number: {span}
variable_freetdm_chan_number: {channel}
variable_freetdm_bearer_capability: 0
variable_freetdm_bearer_layer1: 0
variable_freetdm_calling_party_category: unknown
variable_screening_ind: user-provided-verified-and-passed
variable_presentation_ind: presentation-allowed
variable_sip_h_X-FreeTDM-SpanName: {name}
variable_sip_h_X-FreeTDM-TransUUID: {uuid}
variable_sip_h_X-FreeTDM-SpanNumber: {span}
variable_sip_h_X-FreeTDM-ChanNumber: {channel}
variable_sip_h_X-FreeTDM-ANI-TON: 0
variable_sip_h_X-FreeTDM-ANI-Plan: 0
variable_sip_h_X-FreeTDM-ANI2: 00
variable_sip_h_X-FreeTDM-DNIS: {called}
variable_sip_h_X-FreeTDM-DNIS-TON: 0
variable_sip_h_X-FreeTDM-DNIS-Plan: 0
variable_sip_h_X-FreeTDM-RDNIS-NADI: 0
variable_sip_h_X-FreeTDM-RDNIS-Plan: 0
variable_sip_h_X-FreeTDM-CPC: unknown
variable_sip_h_X-FreeTDM-Screen: 1
variable_sip_h_X-FreeTDM-Presentation: 0
variable_sip_h_X-FreeTDM-CallReference: 1
variable_call_uuid: {uuid}
variable_current_application: answer`,
    },
  },
  CHANNEL_HANGUP_COMPLETE: {
    outbound: {
      file: 'switch_core_state_machine.c',
      function: 'switch_core_session_reporting_state',
      line: 943,
      headers: `Hangup-Cause: {cause}
Channel-State: CS_REPORTING
Channel-Call-State: HANGUP
Channel-State-Number: 11
Channel-Name: FreeTDM/{span}%3A{channel}/{called}
Unique-ID: {uuid}
Call-Direction: outbound
Presence-Call-Direction: outbound
Channel-HIT-Dialplan: true
Channel-Call-UUID: {uuid}
Answer-State: hangup
Hangup-Cause: {cause}
Channel-Read-Codec-Name: PCMA
Channel-Read-Codec-Rate: 8000
Channel-Read-Codec-Bit-Rate: 64000
Channel-Write-Codec-Name: PCMA
Channel-Write-Codec-Rate: 8000
Channel-Write-Codec-Bit-Rate: 64000
Caller-Direction: outbound
Caller-Logical-Direction: outbound
Caller-Caller-ID-Name: Outbound%20Call
Caller-Caller-ID-Number: {called}
Caller-Orig-Caller-ID-Number: {ani}
Caller-ANI: {ani}
Caller-Destination-Number: {called}
Caller-Unique-ID: {uuid}
Caller-Source: src/switch_ivr_originate.c
Caller-Context: default
Caller-Channel-Name: FreeTDM/{span}%3A{channel}/{called}
Caller-Profile-Index: 1
Caller-Profile-Created-Time: {createdUs}
Caller-Channel-Created-Time: {createdUs}
Caller-Channel-Answered-Time: {answeredUs}
Caller-Channel-Progress-Time: 0
Caller-Channel-Progress-Media-Time: {mediaUs}
Caller-Channel-Hangup-Time: {hangupUs}
Caller-Channel-Transfer-Time: 0
Caller-Channel-Resurrect-Time: 0
Caller-Channel-Bridged-Time: 0
Caller-Channel-Last-Hold: 0
Caller-Channel-Hold-Accum: 0
Caller-Screen-Bit: true
Caller-Privacy-Hide-Name: false
Caller-Privacy-Hide-Number: false
variable_direction: outbound
variable_is_outbound: true
variable_uuid: {uuid}
variable_session_id: {session}
variable_read_codec: PCMA
variable_read_rate: 8000
variable_write_codec: PCMA
variable_write_rate: 8000
variable_channel_name: FreeTDM/{span}%3A{channel}/{called}
variable_freetdm_span_name: {name}
variable_freetdm_span_number: {span}
variable_freetdm_chan_number: {channel}
variable_originate_early_media: true
variable_originate_endpoint: freetdm
variable_endpoint_disposition: ANSWER
variable_channel_cid_flipped: yes
variable_call_uuid: {uuid}
variable_current_application: park
variable_hangup_cause: {cause}
variable_hangup_cause_q850: {q850}`,
    },
    inbound: {
      file: 'switch_core_state_machine.c',
      function: 'switch_core_session_reporting_state',
      line: 943,
      headers: `Hangup-Cause: {cause}
Channel-State: CS_REPORTING
Channel-Call-State: HANGUP
Channel-State-Number: 11
Channel-Name: FreeTDM/{span}%3A{channel}/{called}
Unique-ID: {uuid}
Call-Direction: inbound
Presence-Call-Direction: inbound
Channel-HIT-Dialplan: true
Channel-Call-UUID: {uuid}
Answer-State: hangup
Hangup-Cause: {cause}
Channel-Read-Codec-Name: PCMA
Channel-Read-Codec-Rate: 8000
Channel-Read-Codec-Bit-Rate: 64000
Channel-Write-Codec-Name: PCMA
Channel-Write-Codec-Rate: 8000
Channel-Write-Codec-Bit-Rate: 64000
Caller-Direction: inbound
Caller-Logical-Direction: inbound
Caller-Username: FreeTDM
Caller-Dialplan: XML
Caller-Caller-ID-Number: {caller}
Caller-Orig-Caller-ID-Number: {caller}
Caller-ANI: {caller}
Caller-ANI-II: 00
Caller-Destination-Number: {called}
Caller-Unique-ID: {uuid}
Caller-Source: mod_freetdm
Caller-Context: default
Caller-Channel-Name: FreeTDM/{span}%3A{channel}/{called}
Caller-Profile-Index: 1
Caller-Profile-Created-Time: {createdUs}
Caller-Channel-Created-Time: {createdUs}
Caller-Channel-Answered-Time: {answeredUs}
Caller-Channel-Progress-Time: 0
Caller-Channel-Progress-Media-Time: 0
Caller-Channel-Hangup-Time: {hangupUs}
Caller-Channel-Transfer-Time: 0
Caller-Channel-Resurrect-Time: 0
Caller-Channel-Bridged-Time: 0
Caller-Channel-Last-Hold: 0
Caller-Channel-Hold-Accum: 0
Caller-Screen-Bit: true
Caller-Privacy-Hide-Name: false
Caller-Privacy-Hide-Number: false
variable_direction: inbound
variable_uuid: {uuid}
variable_session_id: {session}
variable_read_codec: PCMA
variable_read_rate: 8000
variable_write_codec: PCMA
variable_write_rate: 8000
variable_channel_name: FreeTDM/{span}%3A{channel}/{called}
variable_freetdm_span_name: {name}
variable_freetdm_span_number: {span}
variable_freetdm_chan_number: {channel}
variable_freetdm_bearer_capability: 0
variable_freetdm_bearer_layer1: 0
variable_freetdm_calling_party_category: unknown
variable_screening_ind: user-provided-verified-and-passed
variable_presentation_ind: presentation-allowed
variable_sip_h_X-FreeTDM-SpanName: {name}
variable_sip_h_X-FreeTDM-TransUUID: {uuid}
variable_sip_h_X-FreeTDM-SpanNumber: {span}
variable_sip_h_X-FreeTDM-ChanNumber: {channel}
variable_sip_h_X-FreeTDM-ANI-TON: 0
variable_sip_h_X-FreeTDM-ANI-Plan: 0
variable_sip_h_X-FreeTDM-ANI2: 00
variable_sip_h_X-FreeTDM-DNIS: {called}
variable_sip_h_X-FreeTDM-DNIS-TON: 0
variable_sip_h_X-FreeTDM-DNIS-Plan: 0
variable_sip_h_X-FreeTDM-RDNIS-NADI: 0
variable_sip_h_X-FreeTDM-RDNIS-Plan: 0
variable_sip_h_X-FreeTDM-CPC: unknown
variable_sip_h_X-FreeTDM-Screen: 1
variable_sip_h_X-FreeTDM-Presentation: 0
variable_sip_h_X-FreeTDM-CallReference: 1
variable_call_uuid: {uuid}
variable_endpoint_disposition: ANSWER
variable_current_application: park
variable_hangup_cause: {cause}
variable_hangup_cause_q850: {q850}`,
    },
  },
} as const satisfies Record<string, Record<'inbound' | 'outbound', EventTemplate>>;

/** Of every event, before its own. */
export const EVENT_HEAD = `Event-Name: {event}
Core-UUID: {core}
FreeSWITCH-Hostname: {host}
FreeSWITCH-Switchname: {host}
FreeSWITCH-IPv4: {ipv4}
FreeSWITCH-IPv6: {ipv6}
Event-Date-Local: {local}
Event-Date-GMT: {gmt}
Event-Date-Timestamp: {timestampUs}
Event-Calling-File: {file}
Event-Calling-Function: {function}
Event-Calling-Line-Number: {line}
Event-Sequence: {sequence}`;

/** An alarm of one channel; as many `alarm` lines follow as there are alarms. */
export const TRAP: EventTemplate = {
  file: 'mod_freetdm.c',
  function: 'on_common_signal',
  line: 2154,
  headers: `condition: {condition}
span-name: {name}
span-number: {span}
chan-number: {channel}`,
};

export const HEARTBEAT: EventTemplate = {
  file: 'switch_core.c',
  function: 'send_heartbeat',
  line: 95,
  headers: `Event-Info: System%20Ready
Up-Time: {uptime}
FreeSWITCH-Version: 1.11.3-dev~64bit
Uptime-msec: {uptimeMs}
Session-Count: {sessions}
Max-Sessions: 200
Session-Per-Sec: 60
Session-Per-Sec-Last: 0
Session-Per-Sec-Max: 2
Session-Per-Sec-FiveMin: 2
Session-Since-Startup: {since}
Session-Peak-Max: {peak}
Session-Peak-FiveMin: {peak}
Idle-CPU: 96.733333`,
};

export const SHUTDOWN: EventTemplate = {
  file: 'switch_core.c',
  function: 'switch_core_destroy',
  line: 3033,
  headers: 'Event-Info: System%20Shutting%20Down',
};

export const JOB: EventTemplate = {
  file: 'mod_event_socket.c',
  function: 'api_exec',
  line: 1580,
  headers: `Job-UUID: {job}
Job-Command: {command}`,
};

/** One span of `ftdm list`. */
export const LISTED_SPAN = `+OK
span: {span} ({name})
type: {stack}
physical_status: {physical}
signaling_status: {signalling}
chan_count: {channels}
dialplan: XML
context: default
dial_regex: 
fail_dial_regex: 
hold_music: 
analog_options: {options}
`;

/** One channel of `ftdm dump`. */
export const CHANNEL_RECORD = `span_id: {span}
chan_id: {channel}
physical_span_id: {span}
physical_chan_id: {channel}
physical_status: {physical}
physical_status_red: {red}
physical_status_yellow: {yellow}
physical_status_rai: {rai}
physical_status_blue: {blue}
physical_status_ais: {ais}
physical_status_general: {general}
signaling_status: {signalling}
type: {type}
state: {state}
last_state: {last}
txgain: {txgain}
rxgain: {rxgain}
cid_date: 
cid_name: {callerName}
cid_num: {caller}
ani: 
aniII: {aniII}
dnis: {called}
rdnis: 
cause: {cause}
session: {session}
`;

export const HISTORY_HEAD =
  '-- States --                   -- Function --                 -- Location --                 -- Time Offset --\n';
export const NO_HISTORY = '-- No state history --\n';

/** Where each change of state comes from; others are `state_advance`. */
export const TRANSITIONS: Readonly<Record<string, readonly [where: string, line: string]>> = {
  'DOWN DIALING': ['channel_outgoing_channel', 'mod_freetdm.c:1767'],
  'DIALING PROCEED': ['on_proceeding', 'ftmod_libpri.c:1577'],
  'PROCEED PROGRESS_MEDIA': ['on_progress', 'ftmod_libpri.c:1620'],
  'PROGRESS_MEDIA UP': ['on_answer', 'ftmod_libpri.c:1534'],
  'DOWN RING': ['on_ring', 'ftmod_libpri.c:1999'],
  'RING PROCEED': ['channel_on_routing', 'mod_freetdm.c:454'],
  'PROCEED PROGRESS': ['channel_receive_message_b', 'mod_freetdm.c:998'],
  'PROGRESS PROGRESS_MEDIA': ['channel_receive_message_b', 'mod_freetdm.c:998'],
  'UP HANGUP': ['channel_on_hangup', 'mod_freetdm.c:621'],
  'HANGUP HANGUP_COMPLETE': ['on_hangup', 'ftmod_libpri.c:1474'],
  'HANGUP_COMPLETE DOWN': ['state_advance', 'ftmod_libpri.c:1257'],
  'DOWN RESTART': ['on_dchan_down', 'ftmod_libpri.c:2525'],
  'UP RESTART': ['ftdm_libpri_stop', 'ftmod_libpri.c:2748'],
  'RESTART DOWN': ['on_restart_ack', 'ftmod_libpri.c:2256'],
  'DOWN GENRING': ['analog_fxs_outgoing_call', 'ftmod_analog.c:83'],
  'GENRING UP': ['process_event', 'ftmod_analog.c:1090'],
  'RING PROGRESS': ['channel_receive_message_fxo', 'mod_freetdm.c:1051'],
  'DIALING UP': ['ftdm_analog_channel_run', 'ftmod_analog.c:620'],
  'HANGUP BUSY': ['ftdm_analog_channel_run', 'ftmod_analog.c:559'],
  'BUSY DOWN': ['ftdm_analog_channel_run', 'ftmod_analog.c:803'],
  'HANGUP DOWN': ['ftdm_analog_channel_run', 'ftmod_analog.c:562'],
};

/** Numbers of channel flags, by name (those that the simulator has). */
export const CHANNEL_FLAGS = {
  'in-use': 13,
  suspended: 19,
  'in-alarm': 27,
  'sig-up': 28,
} as const;

export const FTDM_USAGE = `USAGE:
--------------------------------------------------------------------------------
ftdm list 
ftdm start <span_id|span_name>
ftdm stop <span_id|span_name>
ftdm reset <span_id|span_name> [<chan_id>]
ftdm alarms <span_id> <chan_id>
ftdm dump <span_id|span_name> [<chan_id>]
ftdm sigstatus get|set <span_id|span_name> [<chan_id>] [<sigstatus>]
ftdm trace <path> <span_id|span_name> [<chan_id>]
ftdm notrace <span_id|span_name> [<chan_id>]
ftdm gains <rxgain> <txgain> <span_id|span_name> [<chan_id>]
ftdm dtmf on|off <span_id|span_name> [<chan_id>]
ftdm queuesize <rxsize> <txsize> <span_id|span_name> [<chan_id>]
ftdm iostats enable|disable|flush|print <span_id|span_name> <chan_id>
ftdm ioread <span_id|span_name> <chan_id> [num_times] [interval]
ftdm cas read|write <span_id|span_name> [<chan_id>] [<write_bits>]
ftdm core state [!]<state_name>
ftdm core flag [!]<flag-int-value|flag-name> [<span_id|span_name>] [<chan_id>]
ftdm core spanflag [!]<flag-int-value|flag-name> [<span_id|span_name>]
ftdm core calls 
--------------------------------------------------------------------------------
`;

export const SHOW_CHANNELS_HEAD =
  'uuid,direction,created,created_epoch,name,state,cid_name,cid_num,ip_addr,dest,application,application_data,dialplan,context,read_codec,read_rate,read_bit_rate,write_codec,write_rate,write_bit_rate,secure,hostname,presence_id,presence_data,accountcode,callstate,callee_name,callee_num,callee_direction,call_uuid,sent_callee_name,sent_callee_num,initial_cid_name,initial_cid_num,initial_ip_addr,initial_dest,initial_dialplan,initial_context\n';

/** Said when the server closes a connection. */
export const GOODBYE = 'Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n';
export const SHUT_DOWN = 'The system is being shut down.\n';
export const REJECTION = 'Access Denied, go away.\n';

/** The text with each {mark} replaced. @throws on a mark without a value: a mistake of ours */
export function filled(
  template: string,
  values: Readonly<Record<string, string | number>>,
): string {
  return template.replace(/\{([A-Za-z0-9]+)\}/g, (_, mark: string) => {
    const value = values[mark];
    if (value === undefined) throw new TypeError(`No value for {${mark}}`);
    return String(value);
  });
}

/** Values of headers as FreeSWITCH encodes them: not every character that a URL would. */
export function encoded(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\uffff "#%&+:;<=>?@[\\\]^`{|}]/gu, (character) =>
    encodeURIComponent(character).replace(
      /^[^%]/,
      (plain) => `%${plain.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  );
}
