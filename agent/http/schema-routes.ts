// The JSON schemas over HTTP (reference §6.3): open to read, as Kazoo's are.

import { CraftportError } from '../base/error.ts';
import type { SchemaSource } from '../document/validate.ts';
import { revisionOfRows } from './envelope.ts';
import type { Call, Route } from './route.ts';

export function schemaRoutes(schemas: SchemaSource): Route[] {
  return [
    {
      path: '/v2/schemas',
      methods: {
        GET: {
          access: 'open',
          summary: 'List the names of the JSON schemas',
          query: { internals: 'true shows internal schemas too' },
          handle: (call) => {
            const showsInternals = call.query['internals'] === 'true';
            const names = schemas
              .names()
              .filter((name) => showsInternals || !name.startsWith('kapi.'));
            const revision = revisionOfRows(names);
            return Promise.resolve({
              data: names,
              revision,
              etag: revision,
              envelope: { page_size: names.length },
            });
          },
        },
      },
    },
    {
      path: '/v2/schemas/:schema_name',
      methods: {
        GET: {
          access: 'open',
          summary: 'Fetch a JSON schema (draft 4)',
          handle: (call) => {
            const name = nameOf(call);
            const document = schemas.document(name);
            if (document === undefined)
              throw new CraftportError('document.not-found', `There is no schema ${name}`, {
                detail: { id: name },
              });
            const data = { ...document, id: name };
            const revision = revisionOfRows(data);
            return Promise.resolve({ data, revision, etag: revision });
          },
        },
      },
    },
    {
      path: '/v2/schemas/:schema_name/validation',
      methods: {
        PUT: {
          access: 'token',
          // Nothing is written, so whoever may read may ask.
          role: 'read_only',
          summary: 'Validate a document; the reply has its defaults filled in',
          handle: (call) =>
            Promise.resolve({
              data: schemas.validator(nameOf(call)).validate(call.data),
              revision: 'automatic',
            }),
        },
      },
    },
  ];
}

function nameOf(call: Call): string {
  return call.parameters['schema_name'] ?? '';
}
