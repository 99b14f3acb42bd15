// The generic driver against programs of other authors.

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isCode } from '../../../../agent/base/error.ts';
import { genericCliFamily } from '../../../../agent/driver/generic-cli/family.ts';
import { systemTimers } from '../../../../agent/base/timers.ts';
import { FRR_PROFILE } from '../../../../agent/driver/generic-cli/frr-profile.ts';
import { parseProfile } from '../../../../agent/driver/generic-cli/profile.ts';
import { CliSession } from '../../../../agent/session/cli/session.ts';
import { iosFamily } from '../../../../agent/driver/ios/family.ts';
import { parseLink } from '../../../../agent/transport/link-url.ts';
import { openLink } from '../../../../agent/transport/open-link.ts';
import type { OpenPort } from '../../../../agent/transport/port.ts';
import type { ForeignPeer } from '../../../support/foreign-peer.ts';
import { FRR_LOGIN, hasFrr, startVtysh, startZebra } from '../../../support/frr.ts';
import { gearContext, withDriver } from '../../../support/gear-watch.ts';
import { until } from '../../../support/until.ts';

const NEVER = new AbortController().signal;
const family = genericCliFamily({ backOffMs: [50], pacing: { listenMs: 200, keepAliveMs: 0 } });
const open = (url: string): OpenPort =>
  openLink(
    parseLink(url),
    { username: undefined, password: undefined },
    { note() {}, hostKey() {} },
  );

const code = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
    return 'done';
  } catch (error) {
    return isCode(error) ? error.code : error;
  }
};

describe.runIf(hasFrr())('FRRouting, by its profile', () => {
  let folder: string;
  let zebra: Awaited<ReturnType<typeof startZebra>>;
  const peers: ForeignPeer[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'craftport-frr-'));
    zebra = await startZebra(folder);
    peers.push(zebra);
  });
  afterAll(async () => {
    for (const peer of peers.reverse()) await peer.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is read through its telnet VTY, login and enable', async () => {
    const url = `telnet://127.0.0.1:${zebra.port}`;
    const link = { password: FRR_LOGIN.password };
    const context = gearContext(open(url), link, { profile: 'frr', secret: FRR_LOGIN.secret });
    const driver = family.create(context);
    await withDriver(driver, async (_, watch) => {
      const reading = await driver.read(NEVER);
      expect(reading.findings).toEqual([]);
      expect(reading.identity).toMatchObject({
        host_name: 'GW1',
        version: expect.stringMatching(/^\d+\.\d+/) as string,
      });
      expect(watch.frames.join()).not.toMatch(/seekret|craft\b/);
    });
  });

  it('refuses a wrong password once, and the driver waits for a person', async () => {
    const url = `telnet://127.0.0.1:${zebra.port}`;
    const driver = family.create(
      gearContext(open(url), { password: 'wrong-one' }, { profile: 'frr' }),
    );
    await withDriver(driver, async (_, watch) => {
      expect(await code(driver.read(NEVER))).toBe('driver.login-refused');
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(watch.links).toEqual(['connecting', 'down']);
    });
  });

  it('is recognised without a login by what it greets with, also by the IOS driver', async () => {
    const url = `telnet://127.0.0.1:${zebra.port}`;
    const found = await family.identify(gearContext(open(url), {}, { profile: 'frr' }), NEVER);
    expect(found).toMatchObject({ score: 85 });
    const ios = await iosFamily().identify(gearContext(open(url)), NEVER);
    expect(ios.score).toBeLessThan(20);
    expect(ios.evidence).toContain('FRRouting');
  });

  it('shows through a pager on a serial line what vtysh prints without one', async () => {
    const path = join(folder, 'tty-pager');
    peers.push(await startVtysh(zebra.sockets, path));
    const session = new CliSession({
      port: await open(`serial://${path}?baud=9600`)(NEVER),
      platform: parseProfile(FRR_PROFILE).platform,
      credentials: { username: undefined, password: undefined, secret: undefined },
      timers: systemTimers,
      observer: { suspended() {}, resumed() {}, note() {}, frame() {} },
      pacing: { keepAliveMs: 0 },
    });
    try {
      await session.attach();
      const { lines } = await session.run('show running-config');
      const args = ['--vty_socket', zebra.sockets, '-c', 'show running-config'];
      const printed = execFileSync('/usr/bin/vtysh', args, { encoding: 'latin1' });
      expect(lines.join('\n').trim()).toBe(printed.replaceAll('\r', '').trim());
    } finally {
      await session.close();
    }
  });

  it('is read as vtysh on a serial line, attached inside a pager, and after the line broke', async () => {
    const path = join(folder, 'tty');
    let vtysh = await startVtysh(zebra.sockets, path);
    peers.push(vtysh);
    const driver = family.create(
      gearContext(open(`serial://${path}?baud=9600`), {}, { profile: 'frr' }),
    );
    await withDriver(driver, async (_, watch) => {
      const reading = await driver.read(NEVER);
      expect(reading.identity['version']).toMatch(/^\d+\.\d+/);
      expect(watch.frames.join('\n')).not.toMatch(/--More--/);
      await vtysh.stop();
      await until(() => watch.links.at(-1) !== 'connected');
      vtysh = await startVtysh(zebra.sockets, path);
      peers.push(vtysh);
      await until(() => watch.links.at(-1) === 'connected');
      const sent = watch.frames.filter((frame) => frame.startsWith('sent show version')).length;
      expect(sent).toBe(1);
      expect((await driver.read(NEVER)).identity).toEqual(reading.identity);
    });
  });
});
