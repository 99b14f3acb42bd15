// The driver of a technician's profile against FRRouting's two command lines, over every kind of
// line there is, with terminal servers of other authors in between.

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { isCode } from '../../../../agent/base/error.ts';
import { genericCliFamily } from '../../../../agent/driver/generic-cli/family.ts';
import { FRR_PROFILE } from '../../../../agent/driver/generic-cli/frr-profile.ts';
import { parseLink } from '../../../../agent/transport/link-url.ts';
import { openLink } from '../../../../agent/transport/open-link.ts';
import type { OpenPort } from '../../../../agent/transport/port.ts';
import type { ForeignPeer } from '../../../support/foreign-peer.ts';
import { freePort } from '../../../support/free-port.ts';
import { FRR_LOGIN, hasFrr, startVtysh, startZebra, startZebraLine } from '../../../support/frr.ts';
import { gearContext, GearWatch, withDriver } from '../../../support/gear-watch.ts';
import { hasPeer } from '../../../support/peer.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { startSer2net, startSredird } from '../../../support/terminal-server.ts';
import { until } from '../../../support/until.ts';

const NEVER = new AbortController().signal;
const family = genericCliFamily({
  backOffMs: [50],
  pacing: { listenMs: 100, leftOverMs: 200, keepAliveMs: 0 },
});
/** The shipped profile, and more to read: outputs of several pages. */
const PROFILE = FRR_PROFILE.replace(
  'identity:',
  () => `spans: { command: 'show interface brief', row: '^(?<native>[a-z0-9]{1,15}) +(?<state>up|down) ' }
identity:
  - { command: 'show running-config', name: password, pattern: '^(?:enable )?password (.{1,40})' }
  - { command: 'show running-config', name: end, pattern: '^end$' }`,
);
/** vtysh shows the machine's name, the VTY that of its configuration. */
const VTYSH_NAME = hostname();
const CREDENTIALS = { password: FRR_LOGIN.password };
const OPTIONS = { profile: PROFILE, secret: FRR_LOGIN.secret };

const open = (url: string): OpenPort =>
  openLink(
    parseLink(url),
    { username: undefined, password: undefined },
    { note() {}, hostKey() {} },
  );

/** Puts a line in front of a serial path. @returns its link, and the way to cut and mend it */
type Line = (device: string) => Promise<{
  url: string;
  cut: () => Promise<void>;
  mend: () => Promise<void>;
}>;

const behind =
  (
    scheme: string,
    start: (device: string, folder: string, port: number) => Promise<ForeignPeer>,
  ): Line =>
  async (device) => {
    const [folder, port] = [await tempDir(), await freePort()];
    let peer = await start(device, folder, port);
    onTestFinished(() => peer.stop());
    return {
      url: `${scheme}://127.0.0.1:${String(port)}${scheme === 'telnet' ? '?cr=bare' : ''}`,
      cut: () => peer.stop(),
      mend: async () => {
        peer = await start(device, folder, port);
      },
    };
  };

const LINES: readonly (readonly [string, Line])[] = [
  ['raw TCP by ser2net', behind('tcp', (...where) => startSer2net('', ...where))],
  ['telnet by ser2net', behind('telnet', (...where) => startSer2net('telnet,', ...where))],
  [
    'RFC 2217 by ser2net',
    behind('rfc2217', (...where) => startSer2net('telnet(rfc2217),', ...where)),
  ],
  ['RFC 2217 by sredird', behind('rfc2217', startSredird)],
];

const hasAll = hasFrr() && hasPeer('socat', '-V') && hasPeer('ser2net', '-v') && hasPeer('sredird');
describe.runIf(hasAll)('FRRouting behind', () => {
  let folder: string;
  let zebra: Awaited<ReturnType<typeof startZebra>>;
  let number = 0;

  const printed = (command: string): string =>
    execFileSync('/usr/bin/vtysh', ['--vty_socket', zebra.sockets, '-c', command], {
      encoding: 'latin1',
    });

  /** A serial path with a command line on it. */
  async function device(
    kind: 'vtysh' | 'zebra',
  ): Promise<{ path: string; peer: ForeignPeer; start: () => Promise<ForeignPeer> }> {
    const path = join(folder, `tty${String((number += 1))}`);
    const start = (): Promise<ForeignPeer> =>
      kind === 'vtysh' ? startVtysh(zebra.sockets, path) : startZebraLine(zebra.port, path);
    const peer = await start();
    onTestFinished(() => peer.stop());
    return { path, peer, start };
  }

  async function readOver(url: string, name: string): Promise<void> {
    const driver = family.create(gearContext(open(url), CREDENTIALS, OPTIONS));
    await withDriver(driver, async (_, watch) => {
      const { identity, spans, findings } = await driver.read(NEVER);
      expect(findings).toEqual([]);
      expect(identity).toMatchObject({
        host_name: name,
        version: expect.stringMatching(/^\d+\.\d+/) as string,
        end: 'end',
      });
      const rows = printed('show interface brief').matchAll(/^(\S+) +(up|down) /gm);
      expect(spans.map(({ native, detail }) => [native, detail['state']])).toEqual(
        [...rows].map(([, name, state]) => [name, state]),
      );
      expect(spans.length).toBeGreaterThan(0);
      // Neither the pager nor a password is in what is kept.
      expect(watch.frames.join('\n')).not.toMatch(/--More--|\(END\)|seekret/);
    });
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'craftport-frr-'));
    zebra = await startZebra(folder);
  });
  afterAll(async () => {
    await zebra.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('a serial line: vtysh, attached inside its pager', async () => {
    const { path } = await device('vtysh');
    await readOver(`serial://${path}?baud=9600`, VTYSH_NAME);
  });

  it('a serial line: the VTY of zebra, with login and enable', async () => {
    const { path } = await device('zebra');
    await readOver(`serial://${path}?baud=9600`, 'GW1');
  });

  it('a serial line: a wrong password is typed once, and the right one then works', async () => {
    const { path } = await device('zebra');
    const url = `serial://${path}?baud=9600`;
    const wrong = family.create(gearContext(open(url), { password: 'wrong-one' }, OPTIONS));
    await withDriver(wrong, async (_, watch) => {
      const error: unknown = await wrong.read(NEVER).catch((cause: unknown) => cause);
      expect(isCode(error) && error.code).toBe('driver.login-refused');
      expect(watch.links).toEqual(['connecting', 'down']);
      expect(watch.frames.join('\n')).not.toContain('wrong-one');
    });
    // zebra hangs up at the third wrong one, and a return that wakes it is one: a new session.
    const again = await device('zebra');
    await readOver(`serial://${again.path}?baud=9600`, 'GW1');
  });

  it.each(LINES)('%s: vtysh, attached inside its pager', async (_, line) => {
    await readOver((await line((await device('vtysh')).path)).url, VTYSH_NAME);
  });

  it.each(LINES)('%s: the VTY of zebra, with login and enable', async (_, line) => {
    await readOver((await line((await device('zebra')).path)).url, 'GW1');
  });

  it.each(LINES)(
    '%s that dies in a command: the outcome is told, and nothing is typed again',
    async (_, line) => {
      const { url, cut, mend } = await line((await device('vtysh')).path);
      await cutInCommand(url, cut, mend);
    },
  );

  it('a serial line that is unplugged in a command: the outcome is told, and nothing is typed again', async () => {
    const { path, peer, start } = await device('vtysh');
    await cutInCommand(
      `serial://${path}?baud=9600`,
      () => peer.stop(),
      async () => {
        const again = await start();
        onTestFinished(() => again.stop());
      },
    );
  });

  /** Cuts the line when the second command of a reading was typed, before its answer. */
  async function cutInCommand(
    url: string,
    cut: () => Promise<unknown>,
    mend: () => Promise<void>,
  ): Promise<void> {
    let cutting: Promise<unknown> | undefined;
    class CuttingWatch extends GearWatch {
      override frame(direction: string, text: string): void {
        super.frame(direction, text);
        if (text !== 'show running-config' || direction !== 'sent' || cutting !== undefined) return;
        cutting = cut();
      }
    }
    const driver = family.create(gearContext(open(url), CREDENTIALS, OPTIONS));
    const watch = new CuttingWatch();
    await withDriver(
      driver,
      async () => {
        const error: unknown = await driver.read(NEVER).catch((cause: unknown) => cause);
        // Told by the line itself: a wait for the answer would have ended in a timeout.
        expect(isCode(error) && error.code).toBe('transport.lost');
        await cutting;
        await mend();
        await until(() => watch.links.at(-1) === 'connected');
        const typed = watch.frames.filter((frame) => frame === 'sent show running-config');
        expect(typed).toHaveLength(1);
        expect((await driver.read(NEVER)).identity).toMatchObject({
          host_name: VTYSH_NAME,
          end: 'end',
        });
      },
      watch,
    );
  }
});
