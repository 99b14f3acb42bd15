// The parts of JSON Schema (draft 04) that the page reads, and validators that the build made.

import type { Json, JsonObject } from '../../agent/client/index.ts';

export interface SchemaDocument {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly Json[];
  readonly default?: Json;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaDocument>>;
  readonly patternProperties?: Readonly<Record<string, SchemaDocument>>;
  readonly additionalProperties?: SchemaDocument | boolean;
  readonly oneOf?: readonly SchemaDocument[];
  readonly anyOf?: readonly SchemaDocument[];
  readonly items?: SchemaDocument;
  readonly $ref?: string;
  /** Ours: a secret, which is typed hidden and never kept in the page. */
  readonly 'x-secret'?: boolean;
}

/** One complaint of ajv, as far as it is read. */
export interface SchemaComplaint {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A validator that the build compiled from schemas/. */
export interface SchemaCheck {
  (document: unknown): boolean;
  errors?: readonly SchemaComplaint[] | null;
}

export type Schemas = Readonly<Record<string, SchemaDocument>>;

/** What the form needs to know about one field. */
export interface FieldModel {
  readonly path: string;
  readonly type: 'text' | 'integer' | 'boolean' | 'choice' | 'list' | 'other';
  readonly help: string | undefined;
  readonly fallback: Json | undefined;
  readonly choices: readonly string[];
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly maxLength: number | undefined;
  readonly isRequired: boolean;
  readonly isSecret: boolean;
}

/**
 * The field at `path` (`gateways.0.server`); indices are numbers.
 * @returns a field of type `other` without help for keys that the schema does not know
 */
export function fieldAt(schemas: Schemas, root: string, path: string): FieldModel {
  let schema: SchemaDocument | undefined = schemas[root];
  let isRequired = false;
  for (const part of path.split('.')) {
    schema = alternative(schemas, dereference(schemas, schema), isIndex(part));
    isRequired = schema?.required?.includes(part) ?? false;
    schema = isIndex(part) ? schema?.items : memberOf(schema, part);
  }
  const help = schema?.description;
  schema = dereference(schemas, schema);
  return {
    path,
    type: typeOf(schema),
    help: help ?? schema?.description,
    fallback: schema?.default,
    choices: (schema?.enum ?? schema?.items?.enum ?? []).map(String),
    minimum: schema?.minimum,
    maximum: schema?.maximum,
    maxLength: schema?.maxLength,
    isRequired,
    isSecret: schema?.['x-secret'] === true,
  };
}

/**
 * Whether the schema says what stands at `path`, in any of its alternatives, and that it is no
 * secret in any of them.
 */
export function isPublic(schemas: Schemas, root: string, path: string): boolean {
  let found: readonly (SchemaDocument | undefined)[] = [schemas[root]];
  for (const part of path.split('.')) {
    found = found
      .flatMap((schema) => alternatives(schemas, schema))
      .map((schema) => (isIndex(part) ? schema?.items : memberOf(schema, part)))
      .filter((schema) => schema !== undefined);
    const all = found.flatMap((schema) => [schema, ...alternatives(schemas, schema)]);
    if (all.some((schema) => schema?.['x-secret'] === true)) return false;
  }
  return found.length > 0;
}

function alternatives(
  schemas: Schemas,
  schema: SchemaDocument | undefined,
): readonly (SchemaDocument | undefined)[] {
  const own = dereference(schemas, schema);
  const others = [...(own?.oneOf ?? []), ...(own?.anyOf ?? [])];
  return [own, ...others.flatMap((each) => alternatives(schemas, each))];
}

const isIndex = (part: string): boolean => /^\d+$/.test(part);

/** Of one thing or a list of them, the one that the path goes into. */
function alternative(schemas: Schemas, schema: SchemaDocument | undefined, isList: boolean) {
  return schema?.oneOf === undefined
    ? schema
    : schema.oneOf
        .map((each) => dereference(schemas, each))
        .find((each) => (each?.type === 'array') === isList);
}

function memberOf(schema: SchemaDocument | undefined, name: string): SchemaDocument | undefined {
  const known = schema?.properties?.[name];
  if (known !== undefined) return known;
  const pattern = Object.entries(schema?.patternProperties ?? {}).find(([source]) =>
    new RegExp(source).test(name),
  );
  if (pattern !== undefined) return pattern[1];
  const others = schema?.additionalProperties;
  return typeof others === 'object' ? others : undefined;
}

function dereference(schemas: Schemas, schema: SchemaDocument | undefined) {
  return schema?.$ref === undefined ? schema : schemas[schema.$ref];
}

function typeOf(schema: SchemaDocument | undefined): FieldModel['type'] {
  if (schema?.enum !== undefined) return 'choice';
  switch (schema?.type) {
    case 'string':
      return 'text';
    case 'integer':
    case 'number':
      return 'integer';
    case 'boolean':
      return 'boolean';
    case 'array':
      return 'list';
    default:
      return 'other';
  }
}

export interface Complaint {
  /** Dotted. */
  readonly path: string;
  readonly message: string;
}

/** What is wrong with a document, in words. */
export function complaintsOf(check: SchemaCheck, document: JsonObject): readonly Complaint[] {
  if (check(document)) return [];
  const errors = check.errors ?? [];
  return errors
    .filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'oneOf')
    .filter((error) => !isOtherAlternative(error, errors))
    .map((complaint) => {
      const missing = complaint.params['missingProperty'];
      const base = complaint.instancePath
        .split('/')
        .slice(1)
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
      const path = typeof missing === 'string' ? [...base, missing] : base;
      return { path: path.join('.'), message: wordsOf(complaint) };
    });
}

/** Where one of several shapes fits but for something inside it, the others need no mention. */
function isOtherAlternative(
  { keyword, instancePath: at }: SchemaComplaint,
  all: readonly SchemaComplaint[],
): boolean {
  return (
    keyword === 'type' &&
    all.some((each) => each.keyword === 'oneOf' && each.instancePath === at) &&
    all.some((each) => each.instancePath.startsWith(`${at}/`))
  );
}

function wordsOf({ keyword, message, params }: SchemaComplaint): string {
  switch (keyword) {
    case 'required':
      return 'Required';
    case 'minLength':
      return params['limit'] === 1
        ? 'Must not be empty'
        : `At least ${String(params['limit'])} characters`;
    case 'maxLength':
      return `At most ${String(params['limit'])} characters`;
    case 'minimum':
    case 'maximum':
      return `Must be ${String(params['comparison'])} ${String(params['limit'])}`;
    case 'enum':
      return `One of ${String(params['allowedValues'])}`;
    default:
      return message ?? keyword;
  }
}
