// Cisco IOS and IOS XE voice gateways on their console or a vty. Prompts, marks and questions:
// Cisco's configuration guides; prompt and failure words also as others' clients found them in
// the field.

import type { CliPlatform } from '../../codec/cli/platform.ts';

const NAME = '[\\w.\\-@/:]{1,63}';
/** `Serial0/2/0:23`, `Se0/0/0:15`. */
const INTERFACE = '[A-Za-z]{1,20}[\\d/:.]{1,20}';

export const IOS_PLATFORM: CliPlatform = {
  name: 'ios',
  title: 'Cisco IOS',
  modes: [
    { mode: 'rommon', prompt: /^rommon \d{1,4} ?>$/ },
    // Sub-modes hold anything printable: (config-sg-tacacs+)#.
    {
      mode: 'config',
      prompt: new RegExp(`^${NAME}\\((?:config|tcl|ca-|cfg-|conf-)[^()\\s]{0,64}\\)#$`),
    },
    { mode: 'config', prompt: new RegExp(`^${NAME}\\(tcl\\)#$`) },
    { mode: 'privileged', prompt: new RegExp(`^${NAME}#$`) },
    { mode: 'user', prompt: new RegExp(`^${NAME}>$`) },
  ],
  readMode: 'privileged',
  raise: { from: 'user', command: 'enable' },
  leave: { config: 'end' },
  onReady: ['terminal length 0', 'terminal width 512'],
  exit: 'exit',
  pager: [/^--More--$/i],
  login: {
    username: /^(?:Username|login): ?$/i,
    password: /^Password: ?$/i,
    refused: [
      /^% ?(?:Login invalid|Authentication failed|Bad passwords|Access denied|Bad secrets|Error in authentication|No password set)/i,
    ],
  },
  wake: [/Press RETURN to get started[.!]?$/i],
  // Anything but "no" would start a set-up dialog on a router without configuration.
  answers: [{ question: /initial configuration dialog\? \[yes\/no\]:$/i, answer: 'no' }],
  questions: [/\[confirm\]$/i, /\[(?:yes\/no|no|yes)\]:?$/i, /\]\?$/],
  failures: [
    /^% Ambiguous command/,
    /^% Incomplete command/,
    /^% Invalid input detected/,
    /^% Unknown command/,
    /^% Bad (?:IP address|secrets|passwords)/,
    /^Command (?:authorization failed|rejected)/,
    /^%Error/,
  ],
  // `*Mar 31 17:29:43.447 CST: %SMART_LIC-6-REPORTING_REQUIRED: …`, also in the middle of a line.
  logLine:
    /(?:^|\s|(?<=[a-z.)#>-]))[*.]?(?:[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?[\d:.]{8,12}(?: [A-Z]{2,5})?: )?%[A-Z0-9_]{2,32}(?:-[A-Z0-9_]{1,32}){0,3}-[0-7]-[A-Z0-9_]{2,48}: /,
  returnOnly: ['rommon'],
  // What runs there is somebody's: a copy that Ctrl-C would break off.
  stop: '',
  lineEnd: '\r',
  eraseLine: '\u0015',
  characterMs: 0,
  read: [
    /^show version$/,
    /^show controllers (?:t1|e1)(?: \d{1,2}(?:\/\d{1,2}){0,3})?$/,
    /^show isdn (?:status|service)$/,
    /^show voice port summary$/,
    /^show voice call summary$/,
    /^show trunk group$/,
    new RegExp(`^show running-config interface ${INTERFACE}$`),
  ],
};
