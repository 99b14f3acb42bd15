// An agent for the bench of the page, in a process of its own: 100,000 global resources, and gear
// with 64 E1 whose channels change as often as it is told to.

import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent } from '../../agent/agent.ts';
import { systemClock } from '../../agent/base/clock.ts';

import { silentLogger } from '../../agent/base/logger.ts';
import { loadSecretKey } from '../../agent/secret/secret-key.ts';
import { createSealer } from '../../agent/secret/sealing.ts';
import { dataDirAt } from '../../agent/store/data-dir.ts';
import { Store } from '../../agent/store/store.ts';
import type { ChannelReport } from '../../agent/span/span.ts';
import { channel, e1, FakeFamily } from '../support/fake-gear.ts';

export const RESOURCES = 100_000;
export const SPANS = 64;
const LINK = 'esl://127.0.0.1:1';

/** What the bench asks for. */
export type UiOrder =
  | { readonly kind: 'link' }
  | { readonly kind: 'code' }
  /** Changes a second until the next order. */
  | { readonly kind: 'change'; readonly perSecond: number };

export interface UiReply {
  readonly text?: string;
  /** Since the last order, and which channels are busy now: `span number`. */
  readonly changed?: number;
  readonly busy?: readonly string[];
}

const folder = await mkdtemp(join(tmpdir(), 'craftport-bench-'));
await fill();
const family = new FakeFamily();
const gear = family.at(LINK);
const names = Array.from({ length: SPANS }, (_item, index) => `E1_${String(index + 1)}`);
const busy = new Set<string>();
const reportOf = (span: string, number: number): ChannelReport => {
  const isBusy = busy.has(`${span} ${String(number)}`);
  return channel(number, {
    state: isBusy ? 'busy' : 'idle',
    nativeState: isBusy ? 'UP' : 'DOWN',
  });
};
// Each reading shows the channels as they are then.
Object.defineProperty(gear, 'reading', {
  get: () => ({
    identity: { model: 'Bench' },
    spans: names.map((name) =>
      e1(name, {
        channels: Array.from({ length: 31 }, (_item, index) => reportOf(name, index + 1)),
      }),
    ),
    alarms: [],
    findings: [],
  }),
});
const agent = await startAgent({
  dataDir: folder,
  listen: { host: '127.0.0.1', port: 0 },
  tls: 'auto',
  announce: false,
  demo: false,
  logger: silentLogger,
  families: [family.family],
});

let changed = 0;
let timer: NodeJS.Timeout | undefined;

function change(): void {
  const span = names[Math.floor(Math.random() * names.length)] ?? '';
  const index = 1 + Math.floor(Math.random() * 30);
  const number = index >= 16 ? index + 1 : index;
  const key = `${span} ${String(number)}`;
  if (!busy.delete(key)) busy.add(key);
  changed += 1;
  gear.observed.channel(span, reportOf(span, number));
}

function run(perSecond: number): void {
  clearInterval(timer);
  const startedMs = performance.now();
  let done = 0;
  if (perSecond === 0) return;
  timer = setInterval(() => {
    // What a late timer owes is made up for.
    const due = ((performance.now() - startedMs) / 1000) * perSecond;
    for (; done < due; done += 1) change();
  }, 10);
}

function answer(order: UiOrder): UiReply {
  switch (order.kind) {
    case 'link':
      return { text: agent.issueSignInLink() };
    case 'code':
      return { text: agent.issuePairingCode() };
    case 'change': {
      const reply = { changed, busy: [...busy] };
      changed = 0;
      run(order.perSecond);
      return reply;
    }
  }
}

async function fill(): Promise<void> {
  const dir = dataDirAt(folder);
  await mkdir(dir.backups, { recursive: true });
  const store = await Store.open({
    dir,
    sealer: createSealer((await loadSecretKey(dir.secretKey, true)).derive('documents')),
    clock: systemClock,
    random: randomBytes,
  });
  for (let at = 0; at < RESOURCES; at += 5_000) {
    const entries = Array.from({ length: 5_000 }, (_item, index) => ({
      id: randomBytes(16).toString('hex'),
      doc: {
        name: `Carrier ${String(at + index).padStart(6, '0')}`,
        enabled: index % 4 !== 0,
        weight_cost: 1 + (index % 100),
        rules: ['^\\+1(\\d{10})$'],
        gateways: [{ server: `sip${String(at + index)}.example.net` }],
      },
    }));
    await store.write((writers) =>
      writers.documents.insertMany({ kind: 'resource', accountId: undefined }, entries, {
        method: 'agent',
        requestId: 'bench',
      }),
    );
  }
  await store.close();
}

process.on('message', (order: UiOrder) => process.send?.(answer(order)));
process.on('disconnect', () => {
  clearInterval(timer);
  void agent.stop().then(async () => {
    await rm(folder, { recursive: true, force: true });
    process.exit(0);
  });
});
process.send?.({ text: agent.url });
