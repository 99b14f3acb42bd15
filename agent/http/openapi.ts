// The API described as OpenAPI 3.1, made from the route table and the schemas, so that it
// cannot say what the program does not do.

import type { JsonObject, JsonValue } from '../base/json.ts';
import type { SchemaSource } from '../document/validate.ts';
import { toDraft2020 } from './json-schema.ts';
import type { Endpoint, Method, Route } from './route.ts';

const SCHEMAS = '#/components/schemas/';

/**
 * @param version of the program
 * @returns an OpenAPI 3.1 document with an operation for every method of every route
 */
export function buildOpenApi(
  routes: readonly Route[],
  schemas: SchemaSource,
  version: string,
): JsonObject {
  const tags = [...new Set(routes.map((route) => tagOf(route.path)))].sort();
  return {
    openapi: '3.1.0',
    info: {
      title: 'Craftport agent',
      version,
      description:
        'The resources API of Crossbar v2, and what Craftport adds to it. Replies are envelopes around `data`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: tags.map((name) => ({ name, description: `Everything about ${name}` })),
    paths: Object.fromEntries(routes.map((route) => [templateOf(route.path), pathItem(route)])),
    components: {
      schemas: {
        ...Object.fromEntries(
          schemas
            .names()
            .map((name) => [
              name,
              toDraft2020(schemas.document(name) ?? {}, (other) => SCHEMAS + other),
            ]),
        ),
        Envelope: ENVELOPE,
        ErrorEnvelope: ERROR_ENVELOPE,
      },
      responses: {
        Problem: {
          description: 'Refused or failed; `message` and `data` say why',
          content: { 'application/json': { schema: { $ref: `${SCHEMAS}ErrorEnvelope` } } },
        },
      },
      securitySchemes: {
        token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

const ENVELOPE: JsonObject = {
  type: 'object',
  required: ['status', 'request_id', 'timestamp', 'version', 'node'],
  properties: {
    data: { description: 'What was asked for' },
    status: { type: 'string', const: 'success' },
    request_id: { type: 'string' },
    timestamp: { type: 'string', format: 'date-time' },
    version: { type: 'string' },
    node: { type: 'string' },
    revision: { type: 'string', description: 'Revision of one document, digest of a list' },
    auth_token: { type: 'string' },
    page_size: { type: 'integer', description: 'Rows of this page' },
    start_key: { type: 'string' },
    next_start_key: { type: 'string', description: 'Absent on the last page' },
    warnings: { type: 'array', items: { type: 'object' } },
  },
};

const ERROR_ENVELOPE: JsonObject = {
  type: 'object',
  required: ['status', 'error', 'message', 'data', 'request_id'],
  properties: {
    data: { description: 'Of a validation error: dotted path of the field → rule → failure' },
    status: { type: 'string', const: 'error' },
    error: { type: 'string', description: 'The HTTP status as text' },
    message: { type: 'string' },
    request_id: { type: 'string' },
  },
};

function pathItem(route: Route): JsonObject {
  const parameters = [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: name === 'account_id' ? { type: 'string', pattern: '^[0-9a-f]{32}$' } : TEXT,
  }));
  return {
    ...(parameters.length === 0 ? {} : { parameters }),
    ...Object.fromEntries(
      Object.entries(route.methods).map(([method, endpoint]) => [
        method.toLowerCase(),
        operation(route.path, method as Method, endpoint),
      ]),
    ),
  };
}

const TEXT: JsonObject = { type: 'string' };

function operation(path: string, method: Method, endpoint: Endpoint): JsonObject {
  const parameters = (['query', 'headers'] as const).flatMap((place) =>
    Object.entries(endpoint[place] ?? {}).map(([name, description]) => ({
      name,
      in: place === 'query' ? 'query' : 'header',
      description,
      schema: TEXT,
    })),
  );
  const hasBody = method === 'PUT' || method === 'POST' || method === 'PATCH';
  const type = endpoint.produces?.[0] ?? 'application/json';
  // What is merged in need not be a whole document.
  const data: JsonObject =
    endpoint.schema === undefined || method === 'PATCH' ? {} : { $ref: SCHEMAS + endpoint.schema };
  const replied = repliedOf(endpoint) ?? data;
  return {
    operationId: operationIdOf(path, method),
    summary: endpoint.summary,
    tags: [tagOf(path)],
    description: describeAccess(endpoint, method),
    security: endpoint.access === 'open' ? [] : [{ token: [] }, { bearer: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(hasBody
      ? { requestBody: { content: jsonContent({ type: 'object', properties: { data } }) } }
      : {}),
    responses: {
      [method === 'PUT' ? '201' : '200']: {
        description: 'Done',
        content:
          type === 'application/json'
            ? jsonContent({
                allOf: [{ $ref: `${SCHEMAS}Envelope` }, { properties: { data: replied } }],
              })
            : { [type]: { schema: TEXT } },
      },
      '4XX': { $ref: '#/components/responses/Problem' },
      '5XX': { $ref: '#/components/responses/Problem' },
    },
  };
}

function repliedOf({ replies }: Endpoint): JsonObject | undefined {
  if (replies === undefined) return undefined;
  const one: JsonObject = { $ref: SCHEMAS + replies.schema };
  return replies.isList === true ? { type: 'array', items: one } : one;
}

function jsonContent(schema: JsonValue): JsonObject {
  return { 'application/json': { schema } };
}

function describeAccess({ access, role }: Endpoint, method: Method): string {
  const needed = role ?? (method === 'GET' ? 'read_only' : 'technician');
  switch (access) {
    case 'open':
      return 'Open without a token.';
    case 'token':
      return `For any token; role ${needed} at least.`;
    case 'account':
      return `For tokens that reach the account; role ${needed} at least.`;
    case 'superduper':
      return `For tokens of the master account; role ${needed} at least.`;
  }
}

/** `/v2/accounts/:account_id/resources/:resource_id` → resources */
function tagOf(path: string): string {
  const words = path.split('/').filter((word) => word !== '' && word !== 'v2');
  const noun = words[0] === 'accounts' ? (words[2] ?? 'accounts') : words[0];
  return (noun ?? 'agent').replace('.json', '');
}

function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

function operationIdOf(path: string, method: Method): string {
  const words = path
    .split('/')
    .filter((word) => word !== '' && word !== 'v2')
    .map((word) => word.replace(/^:(.*)$/, 'by-$1').replaceAll(/[^\w-]/g, '-'));
  return [method.toLowerCase(), ...words].join('-');
}
