// Who may import whom, as data: one row a folder. The test in layering.test.ts turns it into
// dependency-cruiser rules. A new folder or package gets its row in the same commit.

export interface LayerRow {
  /** Folder or file, relative to the package. */
  readonly from: string;
  /** Own folders it may import beside itself. */
  readonly own: readonly string[];
  readonly npm: readonly string[];
  /** Whether it may use Node's built-in modules. */
  readonly core: boolean;
}

export const LAYERS: readonly LayerRow[] = [
  { from: 'schemas', own: [], npm: [], core: false },
  { from: 'agent/base', own: ['schemas'], npm: [], core: false },
  { from: 'agent/document', own: ['schemas', 'agent/base'], npm: [], core: false },
  {
    from: 'agent/resource',
    own: ['schemas', 'agent/base', 'agent/document', 'agent/number'],
    npm: [],
    core: false,
  },
  {
    from: 'agent/account',
    own: ['schemas', 'agent/base', 'agent/document'],
    npm: ['jose', 'p-queue'],
    core: true,
  },
  {
    from: 'agent/job',
    own: ['schemas', 'agent/base', 'agent/number'],
    npm: ['p-queue'],
    core: false,
  },
  { from: 'agent/secret', own: ['schemas', 'agent/base'], npm: ['selfsigned'], core: true },
  {
    from: 'agent/pattern',
    own: ['schemas', 'agent/base'],
    npm: ['@stephen-riley/pcre2-wasm'],
    core: false,
  },
  { from: 'agent/number', own: ['schemas', 'agent/base', 'agent/pattern'], npm: [], core: false },
  {
    from: 'agent/routing',
    own: ['schemas', 'agent/base', 'agent/resource', 'agent/number', 'agent/pattern'],
    npm: [],
    core: false,
  },
  { from: 'agent/span', own: ['schemas', 'agent/base'], npm: [], core: false },
  {
    from: 'agent/transport',
    // The codecs of the wire itself; what the gear says is for sessions.
    own: ['schemas', 'agent/base', 'agent/codec/telnet', 'agent/codec/rfc2217'],
    npm: ['serialport', 'ssh2'],
    core: true,
  },
  { from: 'agent/alarm', own: ['schemas', 'agent/base'], npm: [], core: false },
  {
    from: 'agent/gear',
    own: ['schemas', 'agent/base', 'agent/span', 'agent/alarm'],
    npm: [],
    core: false,
  },
  { from: 'agent/codec', own: ['schemas', 'agent/base'], npm: [], core: false },
  {
    from: 'agent/session',
    own: ['schemas', 'agent/base', 'agent/codec', 'agent/transport/port.ts'],
    npm: [],
    core: false,
  },
  {
    from: 'agent/driver',
    own: [
      'schemas',
      'agent/base',
      'agent/codec',
      'agent/session',
      'agent/span',
      'agent/transport/port.ts',
    ],
    npm: ['yaml'],
    core: false,
  },
  {
    from: 'agent/validation',
    own: ['schemas', 'agent/base', 'agent/document'],
    npm: ['ajv', 'ajv-draft-04'],
    core: true,
  },
  {
    from: 'agent/store',
    own: [
      'schemas',
      'agent/base',
      'agent/document',
      'agent/account',
      'agent/secret',
      'agent/number',
      'agent/job',
      'agent/span',
      'agent/alarm',
      'agent/gear',
    ],
    npm: ['sqlite3'],
    core: true,
  },
  {
    from: 'agent/service',
    own: [
      'schemas',
      'agent/base',
      'agent/document',
      'agent/resource',
      'agent/account',
      'agent/secret',
      'agent/number',
      'agent/job',
      'agent/pattern',
      'agent/routing',
      'agent/span',
      'agent/alarm',
      'agent/gear',
    ],
    npm: [],
    core: false,
  },
  { from: 'agent/discovery', own: ['agent/base'], npm: ['bonjour-service'], core: false },
  { from: 'agent/config', own: ['schemas', 'agent/base'], npm: [], core: true },
  {
    from: 'agent/log',
    own: ['schemas', 'agent/base', 'agent/config/log-level.ts'],
    npm: ['pino'],
    // Session logs are files with hashes.
    core: true,
  },
  { from: 'agent/sim', own: ['agent/base'], npm: [], core: true },
  {
    from: 'agent/http',
    own: [
      'schemas',
      'agent/base',
      'agent/document',
      'agent/resource',
      'agent/account',
      'agent/service',
      'agent/number',
      'agent/job',
      'agent/span',
      'agent/alarm',
      'agent/gear',
    ],
    npm: [
      'express',
      'helmet',
      'express-rate-limit',
      'jsonc-parser',
      'csv-parse',
      'csv-stringify',
      'prom-client',
      'ws',
    ],
    core: true,
  },
  { from: 'agent/api.ts', own: ['agent', 'schemas'], npm: [], core: false },
  { from: 'agent/gear-wiring.ts', own: ['agent', 'schemas'], npm: [], core: true },
  { from: 'agent/demo-gear.ts', own: ['agent', 'schemas'], npm: [], core: false },
  { from: 'agent/gear-lines.ts', own: ['agent', 'schemas'], npm: [], core: true },
  { from: 'agent/gear-drivers.ts', own: ['agent', 'schemas'], npm: [], core: true },
  { from: 'agent/agent.ts', own: ['agent', 'schemas'], npm: ['express'], core: true },
  { from: 'agent/pair.ts', own: ['agent', 'schemas'], npm: [], core: true },
  { from: 'agent/cli.ts', own: ['agent', 'schemas'], npm: ['env-paths'], core: true },
  { from: 'agent/start.ts', own: ['agent', 'schemas'], npm: ['env-paths'], core: true },
  {
    from: 'main/core',
    own: ['schemas', 'agent/base', 'agent/client', 'agent/secret/durable-file.ts'],
    npm: ['ajv', 'bonjour-service'],
    core: true,
  },
  { from: 'main/electron', own: ['schemas', 'main/core'], npm: ['electron'], core: true },
  {
    from: 'main/main.ts',
    own: ['schemas', 'main/core', 'main/electron'],
    npm: ['electron'],
    core: true,
  },
  { from: 'main/preload.ts', own: ['schemas'], npm: ['electron'], core: false },
  { from: 'agent/client', own: ['schemas'], npm: [], core: false },
  { from: 'renderer/host', own: ['schemas', 'agent/client'], npm: [], core: false },
  { from: 'renderer/console', own: ['schemas'], npm: [], core: false },
];
