// The sign-in, account and user routes over real HTTP, with real tokens, on a real store.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import { digestOf } from '../../../agent/account/credentials.ts';
import type { JsonObject, JsonValue } from '../../../agent/base/json.ts';
import { silentLogger } from '../../../agent/base/logger.ts';
import { packageRoot } from '../../../agent/config/package-root.ts';
import { accountRoutes } from '../../../agent/http/account-routes.ts';
import { authRoutes } from '../../../agent/http/auth-routes.ts';
import { mountApi } from '../../../agent/http/pipeline.ts';
import { userRoutes } from '../../../agent/http/user-routes.ts';
import { AccountService } from '../../../agent/service/accounts.ts';
import { UserService } from '../../../agent/service/users.ts';
import { loadSchemaCatalog } from '../../../agent/validation/schema-catalog.ts';
import { random, Site } from '../service/site.ts';

export interface ApiReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, JsonValue>>;
  /** `data` of the body. */
  readonly data: JsonObject;
  readonly rows: readonly JsonObject[];
}

const catalog = loadSchemaCatalog(join(packageRoot, 'schemas'));

export class SiteApi {
  readonly site: Site;
  readonly masterId: string;
  readonly #url: string;
  readonly #close: () => Promise<void>;

  private constructor(site: Site, url: string, close: () => Promise<void>) {
    this.site = site;
    this.masterId = site.credentials.account_id;
    this.#url = url;
    this.#close = close;
  }

  static async open(): Promise<SiteApi> {
    const site = await Site.open();
    const { storage, passwords, hashApiKey } = site.context;
    const accounts = new AccountService({
      storage,
      validator: catalog.validator('accounts'),
      random,
      hashApiKey,
    });
    const users = new UserService({
      storage,
      validator: catalog.validator('users'),
      passwords,
      random,
    });
    const app = express();
    const routes = [
      ...authRoutes({
        signIn: site.context,
        validators: {
          apiAuth: catalog.validator('api_auth'),
          userAuth: catalog.validator('user_auth'),
        },
      }),
      ...accountRoutes(accounts, site.context),
      ...userRoutes(users, site.context),
    ];
    const { authenticator } = site;
    mountApi(app, routes, {
      services: {
        identify: (credential) =>
          authenticator.identify(credential.kind === 'basic' ? '' : credential.token),
        loadAccount: (id) => authenticator.loadAccount(id),
      },
      agent: { node: 'HVtSWqMfJ3kZJ1u7bQ2vXg', version: '0.0.0', nowMs: () => Date.now() },
      random,
      logger: silentLogger,
    });
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    return new SiteApi(site, url, async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await site.close();
    });
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** @param path below /v2 */
  async request(
    token: string | undefined,
    method: string,
    path: string,
    data?: JsonValue,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ApiReply> {
    const response = await fetch(`${this.#url}/v2${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { 'x-auth-token': token }),
        ...headers,
      },
      ...(data === undefined ? {} : { body: JSON.stringify({ data }) }),
    });
    const text = await response.text();
    const body = (text === '' ? {} : JSON.parse(text)) as ApiReply['body'];
    const content = body['data'];
    return {
      status: response.status,
      headers: response.headers,
      body,
      data: Array.isArray(content) ? {} : ((content ?? {}) as JsonObject),
      rows: Array.isArray(content) ? (content as readonly JsonObject[]) : [],
    };
  }

  /** A token for the API key of an account; default: the master account's. */
  async keyToken(apiKey = this.site.credentials.api_key): Promise<string> {
    const reply = await this.request(undefined, 'PUT', '/api_auth', { api_key: apiKey });
    return tokenOf(reply);
  }

  async userToken(realm: string, username: string, password: string): Promise<string> {
    const credentials = digestOf('md5', username, password);
    const data = { realm, credentials };
    return tokenOf(await this.request(undefined, 'PUT', '/user_auth', data));
  }

  /** A new account below `parent`, with a token of its own. */
  async addAccount(
    token: string,
    name: string,
    parent?: string,
  ): Promise<{ readonly id: string; readonly realm: string; readonly token: string }> {
    const path = parent === undefined ? '/accounts' : `/accounts/${parent}`;
    const created = await this.request(token, 'PUT', path, { name });
    const id = String(created.data['id']);
    const key = await this.request(token, 'PUT', `/accounts/${id}/api_key`, {});
    return {
      id,
      realm: String(created.data['realm']),
      token: await this.keyToken(String(key.data['api_key'])),
    };
  }
}

export function tokenOf(reply: ApiReply): string {
  const token = reply.body['auth_token'];
  if (typeof token !== 'string') throw new Error(`No token: ${JSON.stringify(reply.body)}`);
  return token;
}
