// 500 followers of 1,000 events a second: what it costs the agent, and that every follower saw
// every event in order or was dropped and caught up.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EventServerReport } from './support-event-server.ts';
import { SseClient } from './support-sse-client.ts';

const CLIENTS = 500;
const EVENTS_A_SECOND = 1_000;
const SECONDS = 5;

type ServerMessage = Partial<{ readonly port: number; readonly report: EventServerReport }>;

/** @throws Error when a follower missed an event without being told */
export async function bench(): Promise<void> {
  const server = fork(fileURLToPath(new URL('support-event-server.js', import.meta.url)));
  const next = <Key extends keyof ServerMessage>(key: Key) =>
    new Promise<NonNullable<ServerMessage[Key]>>((resolve, reject) => {
      server.once('exit', () => reject(new Error('the event server ended')));
      server.on('message', (message: ServerMessage) => {
        const value = message[key];
        if (value !== undefined) resolve(value);
      });
    });
  try {
    const url = `http://127.0.0.1:${String(await next('port'))}/`;
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, () => SseClient.open(url, {})),
    );
    const done = next('report');
    server.send({ eventsASecond: EVENTS_A_SECOND, seconds: SECONDS });
    const report = await done;
    const total = report.written;
    const dropped = await Promise.all(clients.map((client) => follow(client, url, total)));
    const wall = report.seconds.toFixed(1);
    console.log(
      `${String(CLIENTS)} followers, ${String(total)} events in ${wall} s: ${String(CLIENTS * total)} deliveries, each follower saw each event once`,
    );
    console.log(
      `dropped and caught up: ${String(dropped.filter(Boolean).length)} (the agent counts ${String(report.dropped)}), gaps: ${String(report.gaps)}`,
    );
    console.log(
      `agent: ${report.cpuSeconds.toFixed(1)} s of CPU, ${report.restMiB.toFixed(0)} MiB with ${String(CLIENTS)} followers, peak ${report.peakMiB.toFixed(0)} MiB`,
    );
    for (const client of clients) client.close();
  } finally {
    server.removeAllListeners('exit');
    server.disconnect();
  }
}

/** Waits for the last event, with reconnects. @returns whether it was dropped on the way */
async function follow(client: SseClient, url: string, total: number): Promise<boolean> {
  const seen: number[] = [];
  let current = client;
  let isDropped = false;
  for (;;) {
    await current.until(() => current.messages.at(-1)?.id === String(total));
    seen.push(...current.ids());
    if (current.messages.some((message) => message.event !== 'span.channelChanged'))
      throw new Error('a follower was told of a gap');
    if (seen.at(-1) === total) break;
    isDropped = true;
    current = await SseClient.open(url, { 'last-event-id': String(seen.at(-1) ?? 0) });
  }
  current.close();
  if (seen.length !== total || seen.some((id, index) => id !== index + 1))
    throw new Error(`a follower saw ${String(seen.length)} of ${String(total)} events`);
  return isDropped;
}
