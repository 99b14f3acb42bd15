// The API over real HTTP, on a real store, with a sign-in that knows two fixed tokens. For
// tests of routes; the whole agent is tested through its own process.

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { onTestFinished } from 'vitest';
import type { Account, Identity, Role } from '../../agent/account/account.ts';
import { CraftportError } from '../../agent/base/error.ts';
import { type Clock, systemClock, toGregorianSeconds } from '../../agent/base/clock.ts';
import type { JsonValue } from '../../agent/base/json.ts';
import { silentLogger } from '../../agent/base/logger.ts';
import { mountApi } from '../../agent/http/pipeline.ts';
import type { Route } from '../../agent/http/route.ts';
import { secretKeyFrom } from '../../agent/secret/secret-key.ts';
import { createSealer } from '../../agent/secret/sealing.ts';
import { dataDirAt } from '../../agent/store/data-dir.ts';
import { Store } from '../../agent/store/store.ts';
import { tempDir } from './temp-dir.ts';

export const MASTER_ID = '0123456789abcdef0123456789abcdef';
export const CHILD_ID = 'fedcba9876543210fedcba9876543210';

function account(id: string, parentId: string | undefined): Account {
  const at = toGregorianSeconds(0);
  return {
    id,
    parentId,
    path: parentId === undefined ? [id] : [parentId, id],
    name: id.slice(0, 4),
    realm: `${id.slice(0, 4)}.example`,
    enabled: true,
    revision: '1-00000000000000000000000000000000',
    created: at,
    modified: at,
    doc: {},
  };
}

export const master: Account = account(MASTER_ID, undefined);
export const child: Account = account(CHILD_ID, MASTER_ID);

/** A store in a folder of its own, closed when the test is finished. */
export async function openTestStore(clock: Clock = systemClock): Promise<Store> {
  const dir = dataDirAt(await tempDir());
  mkdirSync(dir.backups, { recursive: true });
  const store = await Store.open({
    dir,
    sealer: createSealer(secretKeyFrom(new Uint8Array(32).fill(7)).derive('documents')),
    clock,
    random: randomBytes,
  });
  onTestFinished(() => store.close());
  return store;
}

export interface HarnessReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, JsonValue>>;
  readonly text: string;
}

export interface ApiHarness {
  readonly url: string;
  /** `path` begins with `/v2`; token `master` unless the headers say otherwise. */
  request(
    method: string,
    path: string,
    data?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<HarnessReply>;
}

/** Serves `routes`; tokens are `master`, `child` and `child:read_only`. */
export async function serveRoutes(routes: readonly Route[]): Promise<ApiHarness> {
  const app = express();
  app.disable('x-powered-by');
  mountApi(app, routes, {
    services: {
      identify: (credential) => {
        const [name, role = 'admin'] = (credential.kind === 'basic' ? '' : credential.token).split(
          ':',
        );
        const holder = name === 'master' ? master : name === 'child' ? child : undefined;
        if (holder === undefined)
          return Promise.reject(new CraftportError('auth.bad-token', 'Not a known token'));
        const identity: Identity = {
          token: credential.kind === 'basic' ? '' : credential.token,
          tokenId: 'test',
          account: holder,
          userId: undefined,
          method: 'cb_api_auth',
          role: role as Role,
          expiresS: 4_000_000_000,
        };
        return Promise.resolve(identity);
      },
      loadAccount: (id) => {
        const found = [master, child].find((known) => known.id === id);
        return found === undefined
          ? Promise.reject(
              new CraftportError('account.not-found', 'No account', { detail: { id } }),
            )
          : Promise.resolve(found);
      },
    },
    agent: { node: 'HVtSWqMfJ3kZJ1u7bQ2vXg', version: '0.0.0', nowMs: () => Date.now() },
    random: randomBytes,
    logger: silentLogger,
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    url,
    async request(method, path, data, headers = {}) {
      const response = await fetch(url + path, {
        method,
        headers: { 'x-auth-token': 'master', 'content-type': 'application/json', ...headers },
        ...(data === undefined ? {} : { body: JSON.stringify({ data }) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type') === 'application/json';
      return {
        status: response.status,
        headers: response.headers,
        body: isJson ? (JSON.parse(text) as HarnessReply['body']) : {},
        text,
      };
    },
  };
}
