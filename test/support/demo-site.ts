// A demo site as a technician finds it: the agent in a process of its own, gear that can be
// brought into trouble, a disk that can be made slow, and a death and a restart at the same
// address.

import { connect } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { isCode } from '../../agent/base/error.ts';
import { dataDirAt } from '../../agent/store/data-dir.ts';
import { SqlConnection } from '../../agent/store/sql.ts';
import { type AgentProcess, runCli, startAgentProcess } from './agent-process.ts';
import { freePort } from './free-port.ts';

export interface DemoSite {
  readonly url: string;
  /** The process of now: another one after each restart. */
  readonly agent: () => AgentProcess;
  /** Says a line of the simulator to it, such as `alarm E1_A red`. */
  tell(line: string): Promise<void>;
  /** Each batch of a job takes about a tenth of a second until `isSlow` is false again. */
  slowJobs(isSlow: boolean): Promise<void>;
  kill(): Promise<void>;
  /** At the same address, on the same data. */
  restart(): Promise<void>;
  readonly pairing: () => Promise<Pairing>;
}

/** What `craftport pair` prints. */
export interface Pairing {
  readonly code: string;
  readonly fingerprint: string;
}

export async function pairingOf(dataDir: string): Promise<Pairing> {
  const { stdout } = await runCli(['pair', '--data-dir', dataDir]);
  const after = (word: string): string =>
    new RegExp(`^${word}\\s+(\\S+)`, 'm').exec(stdout)?.[1] ?? '';
  return { code: after('Pairing code'), fingerprint: after('Fingerprint') };
}

export async function startDemoSite(flags: readonly string[] = []): Promise<DemoSite> {
  const all = ['--demo', '--no-announce', ...flags];
  const listen = `127.0.0.1:${String(await freePort())}`;
  let agent = await startAgentProcess({ listen, flags: all });
  const { url, dataDir } = agent;
  return {
    url,
    agent: () => agent,
    tell: async (line) => {
      const reply = await agent.request('GET', '/v2/gear?paginate=false');
      const rows = reply.body['data'] as readonly { readonly link: string }[];
      const link = rows.find((row) => row.link.startsWith('esl:'))?.link ?? '';
      await sayToFreeSwitch(Number(new URL(link).port), `craftport_demo ${line}`);
    },
    slowJobs: async (isSlow) => {
      const connection = await SqlConnection.open(dataDirAt(dataDir).database, 'readwrite');
      try {
        await connection.exec('PRAGMA busy_timeout = 0');
        await whenUnlocked(() => connection.exec(isSlow ? SLOW : 'DROP TRIGGER slow'));
      } finally {
        await connection.close();
      }
    },
    kill: async () => {
      await agent.end('SIGKILL');
    },
    restart: async () => {
      agent = await startAgentProcess({ dataDir, listen, flags: all });
    },
    pairing: () => pairingOf(dataDir),
  };
}

/** SQLite itself looks ten times a second, and would miss the moments between slow batches. */
async function whenUnlocked(write: () => Promise<void>): Promise<void> {
  const giveUp = performance.now() + 20_000;
  for (;;)
    try {
      await write();
      return;
    } catch (error) {
      if (!isCode(error, 'store.busy') || performance.now() > giveUp) throw error;
      await after(1);
    }
}

/** Busy work in the transaction of each batch, as a slow disk would make it wait. */
const SLOW = `CREATE TRIGGER slow AFTER UPDATE OF cursor ON jobs BEGIN
  SELECT count(*) FROM (SELECT position AS n FROM job_numbers LIMIT 2000) a,
    (SELECT position AS n FROM job_numbers LIMIT 1000) b WHERE a.n + b.n < 0; END`;

async function sayToFreeSwitch(port: number, command: string): Promise<void> {
  const reply = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
      if (/api\/response[\s\S]*\n\n[^\n]/.test(heard)) socket.end();
    });
    socket.on('error', reject).on('close', () => resolve(heard));
    socket.write(`auth ClueCon\n\napi ${command}\n\n`);
  });
  if (!reply.includes('+OK accepted') || /-ERR/.test(reply)) throw new Error(reply);
}
