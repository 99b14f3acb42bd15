// A session log that the agent made, read as the recorded fixtures are: what the drivers made of
// the gear live, their readers make of the file.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../agent/base/clock.ts';
import { silentLogger } from '../../agent/base/logger.ts';
import { systemTimers } from '../../agent/base/timers.ts';
import { cleanOutput } from '../../agent/codec/cli/platform.ts';
import { TerminalLines } from '../../agent/codec/cli/terminal.ts';
import { Tl1Decoder } from '../../agent/codec/tl1/decoder.ts';
import { readControllers } from '../../agent/driver/ios/controllers.ts';
import { IOS_PLATFORM } from '../../agent/driver/ios/platform.ts';
import { TL1_PROFILES } from '../../agent/driver/tl1/profile.ts';
import { readFacilities } from '../../agent/driver/tl1/reading.ts';
import { gearFamilies } from '../../agent/gear-drivers.ts';
import { buildGearLines } from '../../agent/gear-lines.ts';
import { serveGear } from '../../agent/sim/gear-server.ts';
import { IosGateway } from '../../agent/sim/ios-gateway.ts';
import type { SimDevice } from '../../agent/sim/sim-device.ts';
import { Tl1Mux } from '../../agent/sim/tl1-mux.ts';
import { verifyLogs } from '../../agent/verify-log.ts';
import { openGearSite, rowsOf } from '../support/gear-site.ts';
import { receivedBytes } from '../support/serial-fixtures.ts';
import { tempDir } from '../support/temp-dir.ts';

const LOGIN = { username: 'craft', password: 'Hidden0-pw' };

/** Lets the agent read gear once. @returns its spans and the path of the log */
async function recorded(
  device: SimDevice,
  record: object,
): Promise<{ spans: readonly Readonly<Record<string, unknown>>[]; path: string }> {
  const folder = await tempDir();
  const lines = buildGearLines({
    auditFolder: folder,
    clock: systemClock,
    timers: systemTimers,
    logger: silentLogger,
    identify: () => Promise.reject(new Error('nobody')),
    nameOf: () => Promise.resolve('nobody'),
    ownNames: [],
  });
  onTestFinished(() => lines.stop());
  const server = await serveGear(device, 0);
  onTestFinished(() => server.stop());
  const { api } = await openGearSite({ families: gearFamilies(lines.lines, systemClock) });
  const link = `tcp://127.0.0.1:${String(server.port)}`;
  await api.request('PUT', '/v2/gear', { id: 'g', name: 'Gear', link, ...LOGIN, ...record });
  expect((await api.request('PUT', '/v2/gear/g/refresh')).status).toBe(201);
  const spans = rowsOf(await api.request('GET', '/v2/spans'));
  await api.request('DELETE', '/v2/gear/g');
  await lines.stop();
  let files: readonly string[] = [];
  await expect.poll(async () => (files = await readdir(folder))).toHaveLength(1);
  const path = join(folder, files[0] ?? '');
  // The line's end is the last entry.
  await expect.poll(() => readFile(path, 'utf8')).toContain('"dir":"eof"');
  expect(await readFile(path, 'utf8')).not.toContain(LOGIN.password);
  expect((await verifyLogs([path])).allWhole).toBe(true);
  return { spans, path };
}

/** Framing, line code and clock by native name. */
function summary(rows: readonly object[], lineCode: string): Readonly<Record<string, unknown>> {
  const named = rows as readonly Readonly<Record<string, unknown>>[];
  return Object.fromEntries(
    named.map((row) => [String(row['native']), [row['framing'], row[lineCode], row['clock']]]),
  );
}

it('a TL1 session replays', async () => {
  const { spans, path } = await recorded(new Tl1Mux({ ...LOGIN, t1Count: 4 }), {
    driver: 'tl1',
    options: { profile: 'widebank28' },
  });
  const messages = new Tl1Decoder().push(receivedBytes(path));
  expect(messages.filter(({ kind }) => kind === 'malformed' || kind === 'noise')).toEqual([]);
  const profile = TL1_PROFILES['widebank28'];
  const read = messages.flatMap((message) =>
    message.kind === 'response' && profile !== undefined
      ? readFacilities(profile, message.text).values
      : [],
  );
  // Counters and conditions name the same T1s without a framing.
  const facilities = read.filter(({ framing }) => framing !== undefined);
  expect(summary(facilities, 'lineCode')).toEqual(summary(spans, 'line_code'));
  expect(spans).toHaveLength(4);
});

it('an IOS session replays', async () => {
  const gateway = new IosGateway({ ...LOGIN, secret: 'Hidden0-secret' });
  const { spans, path } = await recorded(gateway, {
    driver: 'ios',
    options: { secret: 'Hidden0-secret' },
  });
  const { lines } = cleanOutput(IOS_PLATFORM, new TerminalLines().push(receivedBytes(path)));
  const { values } = readControllers(lines);
  expect(summary(values, 'lineCode')).toEqual(summary(spans, 'line_code'));
  expect(spans).toHaveLength(3);
  expect(await readFile(path, 'utf8')).not.toContain('Hidden0-secret');
});
