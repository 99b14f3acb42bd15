// The desktop's main process without Electron: real main/core on real files, a keyring that
// encrypts for real, and what it pushes and opens written down.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { silentLogger } from '../../agent/base/logger.ts';
import { type RunningAgent, startAgent } from '../../agent/agent.ts';
import { Desktop, type DesktopOptions } from '../../main/core/desktop.ts';
import type { IpcSender } from '../../main/core/ipc-gate.ts';
import { APP_ORIGIN } from '../../main/core/link-policy.ts';
import type { SafeStorage } from '../../main/core/vault.ts';
import type {
  IpcAnswer,
  IpcArgument,
  IpcChannel,
  IpcOutcome,
  IpcPush,
  IpcResult,
  IpcSite,
} from '../../schemas/ipc.ts';
import { tempDir } from './temp-dir.ts';

/** A keyring with a key of its own, as Electron's safeStorage behaves. */
export function fakeKeyring(backend = 'gnome_libsecret'): SafeStorage & { rotate(): void } {
  let key = randomBytes(32);
  let previous: Buffer | undefined;
  const open = (bytes: Uint8Array, by: Buffer): string => {
    const decipher = createDecipheriv('aes-256-gcm', by, bytes.slice(0, 12));
    decipher.setAuthTag(bytes.slice(12, 28));
    return Buffer.concat([decipher.update(bytes.slice(28)), decipher.final()]).toString('utf8');
  };
  return {
    isAvailable: () => Promise.resolve(backend !== 'none'),
    backend: () => backend,
    encrypt(text) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Promise.resolve(Buffer.concat([nonce, cipher.getAuthTag(), sealed]));
    },
    async decrypt(bytes) {
      try {
        return await Promise.resolve({ text: open(bytes, key), shouldReEncrypt: false });
      } catch (error) {
        if (previous === undefined) throw error;
        return { text: open(bytes, previous), shouldReEncrypt: true };
      }
    },
    rotate() {
      previous = key;
      key = randomBytes(32);
    },
  };
}

export const ownPage: IpcSender = { url: `${APP_ORIGIN}/`, isMainFrame: true };

export interface DesktopHarness {
  readonly desktop: Desktop;
  readonly folder: string;
  readonly pushes: IpcPush[];
  readonly opened: string[];
  readonly bugs: unknown[];
  /** Texts of files that were saved, and what was copied. */
  readonly saved: string[];
  readonly copied: string[];
  /** Everything that was given to the page. */
  readonly given: string[];
  call<Channel extends IpcChannel>(
    channel: Channel,
    argument: IpcArgument<Channel>,
  ): Promise<IpcOutcome<IpcResult<Channel>>>;
  /** @throws Error with the code when it is refused */
  done<Channel extends IpcChannel>(
    channel: Channel,
    argument: IpcArgument<Channel>,
  ): Promise<IpcResult<Channel>>;
  send(site: IpcSite, method: string, path: string, data?: unknown): Promise<IpcAnswer>;
}

export async function openDesktop(
  options: Partial<
    Pick<DesktopOptions, 'folder' | 'safeStorage' | 'browse' | 'push' | 'version'>
  > = {},
): Promise<DesktopHarness> {
  const folder = options.folder ?? (await tempDir());
  const pushes: IpcPush[] = [];
  const opened: string[] = [];
  const bugs: unknown[] = [];
  const [saved, copied]: [string[], string[]] = [[], []];
  const given: string[] = [];
  const desktop = await Desktop.open({
    folder,
    safeStorage: options.safeStorage ?? fakeKeyring(),
    deviceName: 'Bench laptop',
    version: options.version ?? '0.1.0',
    push(push) {
      pushes.push(push);
      given.push(
        push.kind === 'stream.chunk' ? Buffer.from(push.bytes).toString() : JSON.stringify(push),
      );
      options.push?.(push);
    },
    openExternal(url) {
      opened.push(url);
      return Promise.resolve();
    },
    saveFile: (_name, text) => {
      saved.push(text);
      return Promise.resolve(true);
    },
    writeClipboard: (text) => void copied.push(text),
    browse: options.browse ?? (() => Promise.resolve(() => undefined)),
    reportBug: (error) => bugs.push(error),
  });
  onTestFinished(() => desktop.stop());
  const call: DesktopHarness['call'] = async (channel, argument) => {
    const outcome = await desktop.gate(ownPage, channel, argument);
    given.push(JSON.stringify(outcome));
    return outcome;
  };
  const done: DesktopHarness['done'] = async (channel, argument) => {
    const outcome = await call(channel, argument);
    if (!outcome.isOk) throw new Error(`${outcome.code}: ${outcome.message}`);
    return outcome.value;
  };
  let exchange = 0;
  return {
    desktop,
    folder,
    pushes,
    opened,
    bugs,
    saved,
    copied,
    given,
    call,
    done,
    send(site, method, path, data) {
      exchange += 1;
      return done('agent.send', {
        exchange,
        siteId: site.id,
        method: method as 'GET',
        path,
        headers: { 'content-type': 'application/json' },
        ...(data === undefined ? {} : { body: JSON.stringify({ data }) }),
      });
    },
  };
}

/** A real agent in this process; stopped when the test is finished. */
export async function startOwnAgent(
  tls: 'auto' | 'always' = 'always',
  options: { readonly dataDir?: string; readonly port?: number } = {},
): Promise<RunningAgent & { readonly dataDir: string }> {
  const dataDir = options.dataDir ?? (await tempDir());
  const agent = await startAgent({
    dataDir,
    listen: { host: '127.0.0.1', port: options.port ?? 0 },
    tls,
    announce: false,
    demo: false,
    logger: silentLogger,
  });
  onTestFinished(() => agent.stop());
  return { ...agent, dataDir };
}

/** Pairs as the page does: looks at the certificate, then sends the code. */
export async function pairWith(
  harness: DesktopHarness,
  agent: Pick<RunningAgent, 'url' | 'issuePairingCode'>,
  name = 'Site',
): Promise<IpcSite> {
  const { fingerprint = '' } = await harness.done('sites.probe', { address: agent.url });
  return harness.done('sites.pair', {
    address: agent.url,
    fingerprint,
    code: agent.issuePairingCode(),
    details: { name },
  });
}
