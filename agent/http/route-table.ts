// From a path to its route: one walk down a tree, however many routes there are.

import createRouter from 'find-my-way';
import { CraftportError } from '../base/error.ts';
import type { Route } from './route.ts';

export interface RouteMatch {
  readonly route: Route;
  /** Decoded path parameters by name. */
  readonly parameters: Readonly<Record<string, string>>;
}

export class RouteTable {
  // Methods are the pipeline's to judge, so every route stands under one.
  readonly #router = createRouter({
    caseSensitive: false,
    ignoreTrailingSlash: true,
    maxParamLength: Infinity,
  });
  readonly #routes = new Map<object, Route>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const handler = (): void => undefined;
      this.#routes.set(handler, route);
      this.#router.on('GET', route.path, handler);
    }
  }

  /**
   * @param url path, with or without a query. Case and a slash at its end do not matter.
   * @returns undefined: there is nothing at this path.
   * @throws request.invalid for a path whose percent encoding is broken
   */
  find(url: string): RouteMatch | undefined {
    const path = url.split('?', 1)[0] ?? '';
    assertDecodable(path);
    const found = this.#router.find('GET', path);
    const route = found === null ? undefined : this.#routes.get(found.handler);
    if (found === null || route === undefined) return undefined;
    const parameters = found.params as Readonly<Record<string, string>>;
    // An empty segment names nothing.
    return Object.values(parameters).includes('') ? undefined : { route, parameters };
  }
}

function assertDecodable(path: string): void {
  if (!path.includes('%')) return;
  try {
    decodeURIComponent(path);
  } catch (cause) {
    throw new CraftportError('request.invalid', 'The request is malformed', {
      cause,
      detail: {
        fields: { request: { invalid: { message: 'The path is not valid percent encoding' } } },
      },
    });
  }
}
