// `craftport pair`: the codes live in the running agent's memory, so the agent is asked, with a
// token that only the owner of the data directory can make. Nothing leaves this machine.

import { randomBytes } from 'node:crypto';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { systemClock } from './base/clock.ts';
import { CraftportError } from './base/error.ts';
import { isJsonObject, type JsonValue } from './base/json.ts';
import { loadCertificate } from './secret/certificate.ts';
import { mintLocalToken } from './service/local-token.ts';
import { dataDirAt, loadHolderUrl } from './store/data-dir.ts';

export interface RequestedCode {
  readonly code: string;
  /** Seconds it is good for. */
  readonly lifeS: number;
  readonly fingerprint: string | undefined;
  /** Where the agent listens. */
  readonly url: string;
}

const TIMEOUT_MS = 5_000;

/** @throws config.data-dir-unusable when no agent runs on it, or it cannot be read */
export async function requestPairingCode(dataDir: string): Promise<RequestedCode> {
  const dir = dataDirAt(dataDir);
  const { token } = await mintLocalToken({
    secretKey: dir.secretKey,
    credentials: dir.credentials,
    clock: systemClock,
    random: randomBytes,
    lifeS: 60,
  });
  const url = await loadHolderUrl(dir);
  if (url === undefined) throw notRunning(dataDir);
  const certificate = await loadCertificate(dir.certificate);
  const reply = await put(new URL('/v2/pairing/codes', reachable(url)), token, {
    ca: certificate?.certificate,
  }).catch((cause: unknown) => {
    throw notRunning(dataDir, cause);
  });
  const data = isJsonObject(reply) && isJsonObject(reply['data']) ? reply['data'] : {};
  const { code, life_s: lifeS, fingerprint } = data;
  if (typeof code !== 'string' || typeof lifeS !== 'number') throw notRunning(dataDir);
  return {
    code,
    lifeS,
    url,
    fingerprint: typeof fingerprint === 'string' ? fingerprint : undefined,
  };
}

/** An agent that listens on every address is asked on loopback. */
function reachable(url: string): URL {
  const address = new URL(url);
  if (address.hostname === '0.0.0.0') address.hostname = '127.0.0.1';
  if (address.hostname === '[::]') address.hostname = '[::1]';
  return address;
}

function put(
  url: URL,
  token: string,
  tls: { readonly ca: string | undefined },
): Promise<JsonValue> {
  const options = {
    method: 'PUT',
    headers: { 'x-auth-token': token },
    timeout: TIMEOUT_MS,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    // The certificate is the one in the data directory; which names it has does not matter.
    checkServerIdentity: () => undefined,
  };
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? secureRequest : plainRequest;
    const request = send(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('error', reject);
      response.on('end', () => {
        try {
          resolve(JSON.parse(text) as JsonValue);
        } catch (cause) {
          reject(new Error('no JSON came back', { cause }));
        }
      });
    });
    request.on('timeout', () => request.destroy(new Error('no reply')));
    request.on('error', reject);
    request.end();
  });
}

function notRunning(dataDir: string, cause?: unknown): CraftportError {
  return new CraftportError(
    'config.data-dir-unusable',
    `No agent answers on the data dir ${dataDir}: it has to run to pair a desktop`,
    { cause },
  );
}
