#!/usr/bin/env node
// craftport: argv, signals, exit codes. Standard output carries exactly one line, when ready.

import envPaths from 'env-paths';
import { startAgent } from './agent.ts';
import { CraftportError, isCode } from './base/error.ts';
import { type AgentConfig, parseCommand, type TokenConfig, USAGE } from './config/agent-config.ts';
import { programVersion } from './config/package-root.ts';
import { createLogger } from './log/pino-logger.ts';
import { randomBytes } from 'node:crypto';
import { systemClock } from './base/clock.ts';
import { mintLocalToken } from './service/local-token.ts';
import { requestPairingCode } from './pair.ts';
import { verifyLogs } from './verify-log.ts';
import { loadCertificate } from './secret/certificate.ts';
import { dataDirAt } from './store/data-dir.ts';

/** Bad option, unusable data dir, taken port: the one who started it can do something. */
const EXIT_USAGE = 2;
/** A session log is not as it was written. */
const EXIT_BROKEN_LOG = 1;
/** A stop that takes longer than this gives up. */
const STOP_LIMIT_MS = 4_500;

// Everything the agent writes is its owner's alone.
process.umask(0o077);

async function main(): Promise<void> {
  const command = parseCommand(process.argv.slice(2), process.env, defaultDataDir());
  switch (command.name) {
    case 'help':
      process.stdout.write(`${USAGE}\n`);
      return;
    case 'version':
      process.stdout.write(`${programVersion}\n`);
      return;
    case 'token':
      await printToken(command.config);
      return;
    case 'pair':
      await printPairing(command.config.dataDir);
      return;
    case 'fingerprint':
      await printFingerprint(command.config.dataDir);
      return;
    case 'verify-log': {
      const { lines, allWhole } = await verifyLogs(command.files);
      process.stdout.write(`${lines.join('\n')}\n`);
      if (!allWhole) process.exitCode = EXIT_BROKEN_LOG;
      return;
    }
    case 'agent':
      await runAgent(command.config);
  }
}

/** By the OS convention: `~/.local/share/craftport` on Linux. */
function defaultDataDir(): string {
  return envPaths('craftport', { suffix: '' }).data;
}

async function printToken(config: TokenConfig): Promise<void> {
  const { secretKey, credentials } = dataDirAt(config.dataDir);
  const { token } = await mintLocalToken({
    secretKey,
    credentials,
    clock: systemClock,
    random: randomBytes,
    lifeS: config.lifeS,
  });
  process.stdout.write(`${token}\n`);
}

/** Asks the running agent for a pairing code, over its own API and with its certificate pinned. */
async function printPairing(dataDir: string): Promise<void> {
  const { code, lifeS, fingerprint, url } = await requestPairingCode(dataDir);
  const lines = [
    `Pairing code  ${code}  (once, within ${String(Math.round(lifeS / 60))} minutes)`,
    ...(fingerprint === undefined ? [] : [`Fingerprint   ${fingerprint}`]),
    `Address       ${url}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function printFingerprint(dataDir: string): Promise<void> {
  const { certificate: file } = dataDirAt(dataDir);
  const certificate = await loadCertificate(file);
  if (certificate === undefined)
    throw new CraftportError(
      'config.data-dir-unusable',
      `There is no ${file}: the agent makes it when it first listens off loopback`,
    );
  process.stdout.write(`${certificate.fingerprint}\n`);
}

async function runAgent(config: AgentConfig): Promise<void> {
  const logger = createLogger(config.logLevel, process.stderr);
  // Node would write its warnings between the JSON lines.
  process.removeAllListeners('warning');
  process.on('warning', (error) => logger.warn(() => 'Node.js warns', { error }));
  const agent = await startAgent({ ...config, logger });
  process.stdout.write(`craftport agent listening on ${agent.url}\n`);
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info(() => 'stopping', { signal });
    setTimeout(() => {
      logger.error(() => 'stop took too long; exiting without it');
      process.exit(1);
    }, STOP_LIMIT_MS).unref();
    agent.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error(() => 'stop failed', { error });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  // A terminal that closes is no reason to lose calls; a service manager sends SIGTERM.
  process.on('SIGHUP', () => logger.info(() => 'SIGHUP ignored'));
}

main().catch((error: unknown) => {
  if (isCode(error)) {
    process.stderr.write(`craftport: ${error.message}\n`);
    process.exitCode = EXIT_USAGE;
    return;
  }
  process.stderr.write(
    `craftport: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
});
