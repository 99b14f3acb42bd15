// `npm start`: an agent with the demo site, and the desktop where its binary is at hand.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { type RunningAgent, startAgent } from './agent.ts';
import { CraftportError, isCode } from './base/error.ts';
import { packageRoot } from './config/package-root.ts';
import { createLogger } from './log/pino-logger.ts';

const FIRST_PORT = 8000;
const LAST_PORT = 8019;

// Everything the agent writes is its owner's alone.
process.umask(0o077);

async function main(): Promise<void> {
  // Demo gear and demo resources stay out of a real agent's data.
  const dataDir =
    process.env['CRAFTPORT_DATA_DIR'] ?? envPaths('craftport-demo', { suffix: '' }).data;
  const agent = await startOnFreePort(dataDir);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const quoted = /^[\w./-]+$/.test(dataDir) ? dataDir : `'${dataDir.replaceAll("'", "'\\''")}'`;
  const tokenCommand = `npx craftport token --data-dir ${quoted}`;
  say(`Craftport demo site is running. Its data is in ${dataDir}`);
  say('');
  say(`  API       ${agent.url}/v2`);
  say(
    `  curl      curl -H "X-Auth-Token: $(${tokenCommand})" ${agent.url}/v2/accounts/${agent.masterAccountId}/resources`,
  );
  const desktop = desktopBinary();
  say(`  Console   ${agent.issueSignInLink()}  (signs in once, within ten minutes)`);
  if (desktop !== undefined) {
    say('  Desktop   opening');
    openDesktop(desktop, `${agent.url}#${agent.issuePairingCode()}`, say);
  }
  say('');
  say('Ctrl-C stops it.');
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    agent.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

async function startOnFreePort(dataDir: string): Promise<RunningAgent> {
  const logger = createLogger('warn', process.stderr);
  for (let port = FIRST_PORT; port <= LAST_PORT; port += 1) {
    try {
      const agent = await startAgent({
        dataDir,
        listen: { host: '127.0.0.1', port },
        tls: 'auto',
        announce: false,
        demo: true,
        logger,
      });
      if (port !== FIRST_PORT)
        process.stdout.write(`Port ${String(FIRST_PORT)} is taken; using ${String(port)}.\n`);
      return agent;
    } catch (error) {
      if (!isCode(error, 'config.port-taken')) throw error;
    }
  }
  throw new CraftportError(
    'config.port-taken',
    `Ports ${String(FIRST_PORT)} to ${String(LAST_PORT)} are all taken`,
  );
}

/** How long a desktop that ends counts as one that did not start. */
const START_MS = 10_000;

/**
 * Starts the desktop and lets go of it. One that cannot start (no display, a missing library) is
 * told and costs the agent nothing: the console link is there.
 */
function openDesktop(binary: string, firstSite: string, say: (line: string) => void): void {
  // In the environment, which other users cannot read as they can a command line.
  const env = { ...process.env, CRAFTPORT_FIRST_SITE: firstSite };
  const child = spawn(binary, [packageRoot], { env, stdio: 'ignore', detached: true });
  const startedMs = performance.now();
  const failed = (why: string): void =>
    say(`The desktop did not start (${why}); the console link above works in any browser.`);
  child.on('error', (error) => failed(error.message));
  child.on('exit', (code, signal) => {
    const isFailure = code !== 0 && performance.now() - startedMs < START_MS;
    if (isFailure) failed(signal ?? `exit code ${String(code)}`);
  });
  child.unref();
}

/**
 * Electron's executable if it has been downloaded; asking for it must not download it. Electron's
 * own variable for another place of its binary counts here too.
 */
function desktopBinary(): string | undefined {
  const folder = join(packageRoot, 'node_modules/electron');
  const elsewhere = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const pathFile = join(folder, 'path.txt');
  if (elsewhere === undefined && !existsSync(pathFile)) return undefined;
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : 'electron';
  const binary = join(elsewhere ?? join(folder, 'dist'), name);
  return existsSync(binary) ? binary : undefined;
}

main().catch((error: unknown) => {
  process.stderr.write(`craftport: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = isCode(error) ? 2 : 1;
});
