// The agent's own TLS certificate: tls.pem, the private key and the certificate in one file
// (mode 0600), so that they are there together or not at all. Desktops remember its fingerprint,
// so it is made once and never replaced by the program; its dates matter to nobody who pins.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { CraftportError } from '../base/error.ts';
import { writeDurably } from './durable-file.ts';

export interface TlsCertificate {
  /** PEM. Secret. */
  readonly key: string;
  /** PEM. */
  readonly certificate: string;
  /** SHA-256 of the DER bytes, `AB:CD:…`. */
  readonly fingerprint: string;
}

const YEAR_MS = 365.25 * 86_400_000;
/** A machine without a clock battery may make its certificate in the wrong year. */
const VALID_FROM = new Date('2020-01-01T00:00:00Z');
const VALID_YEARS = 50;

/**
 * Reads the file. @returns undefined when there is none
 * @throws config.data-dir-unusable when it cannot be read or holds no matching pair
 */
export async function loadCertificate(file: string): Promise<TlsCertificate | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(file, error instanceof Error ? error.message : String(error));
  }
  const [key] = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/.exec(text) ?? [];
  const [certificate] =
    /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text) ?? [];
  if (key === undefined || certificate === undefined)
    throw unusable(file, 'a key or a certificate is missing');
  try {
    const parsed = new X509Certificate(certificate);
    if (!parsed.checkPrivateKey(createPrivateKey(key))) throw new Error('no pair');
    return { key, certificate, fingerprint: parsed.fingerprint256 };
  } catch {
    // OpenSSL's words may quote what they read.
    throw unusable(file, 'key and certificate do not belong together');
  }
}

/**
 * Reads the file, or makes it. Only one process may do so at a time: it holds the lock of the
 * data directory.
 * @param names host names and addresses by which browsers may reach the agent
 * @throws config.data-dir-unusable
 */
export async function ensureCertificate(
  file: string,
  names: readonly string[],
): Promise<TlsCertificate> {
  const known = await loadCertificate(file);
  if (known !== undefined) return known;
  // Needed once in the life of a site: not worth the start-up time of every agent.
  const { generate } = await import('selfsigned');
  const { private: key, cert } = await generate(
    [{ name: 'commonName', value: 'Craftport agent' }],
    {
      keyType: 'ec',
      curve: 'P-256',
      algorithm: 'sha256',
      notBeforeDate: VALID_FROM,
      notAfterDate: new Date(VALID_FROM.getTime() + VALID_YEARS * YEAR_MS),
      extensions: [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        { name: 'extKeyUsage', serverAuth: true },
        {
          name: 'subjectAltName',
          altNames: names.map((name) =>
            isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name },
          ),
        },
      ],
    },
  );
  await writeDurably(file, `${key.trim()}\n${cert.trim()}\n`).catch((error: unknown) => {
    throw unusable(file, error instanceof Error ? error.message : String(error));
  });
  const made = await loadCertificate(file);
  if (made === undefined) throw unusable(file, 'it is gone');
  return made;
}

function unusable(file: string, reason: string): CraftportError {
  return new CraftportError('config.data-dir-unusable', `${file} cannot be used: ${reason}`);
}
