// credentials.json: how the owner of a new agent gets in. Written once, mode 0600.

import { readFile } from 'node:fs/promises';
import { CraftportError } from '../base/error.ts';
import { isJsonObject } from '../base/json.ts';
import { writeDurably } from './durable-file.ts';

/** The master account's first key and user. Keys as in the file. */
export interface Credentials {
  readonly account_id: string;
  readonly account_name: string;
  readonly realm: string;
  readonly api_key: string;
  readonly username: string;
  readonly password: string;
}

export interface CredentialsFile {
  /** @returns undefined when there is no file. @throws config.data-dir-unusable */
  load(): Promise<Credentials | undefined>;
  /** Resolves when it is on the disk. @throws config.data-dir-unusable */
  save(credentials: Credentials): Promise<void>;
}

/** @param file path of credentials.json */
export function credentialsFileAt(file: string): CredentialsFile {
  const unusable = (cause: unknown): CraftportError => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new CraftportError('config.data-dir-unusable', `${file} cannot be used: ${reason}`, {
      cause,
    });
  };
  return {
    async load() {
      let text: string;
      try {
        text = await readFile(file, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw unusable(error);
      }
      return parseCredentials(text, file);
    },
    async save(credentials) {
      await writeDurably(file, `${JSON.stringify(credentials, null, 2)}\n`).catch(
        (error: unknown) => {
          throw unusable(error);
        },
      );
    },
  };
}

/** The parser's own message would quote the file, so it is not passed on. */
function parseCredentials(text: string, file: string): Credentials {
  const fail = (reason: string): CraftportError =>
    new CraftportError('config.data-dir-unusable', `${file} ${reason}: restore or remove it`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw fail('is not JSON');
  }
  if (!isJsonObject(parsed)) throw fail('does not hold an object');
  const member = (key: keyof Credentials): string => {
    const value = parsed[key];
    if (typeof value !== 'string' || value === '') throw fail(`has no ${key}`);
    return value;
  };
  return {
    account_id: member('account_id'),
    account_name: member('account_name'),
    realm: member('realm'),
    api_key: member('api_key'),
    username: member('username'),
    password: member('password'),
  };
}
