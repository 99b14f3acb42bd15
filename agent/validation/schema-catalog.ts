// The schemas as the agent uses them: a folder of draft-04 documents, served as they are by
// /v2/schemas and compiled by ajv on the first document of their kind.

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ErrorObject } from 'ajv';
import type AjvDraft04 from 'ajv-draft-04';
import { CraftportError, invalidFields } from '../base/error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { DocumentValidator } from '../document/validate.ts';
import { applyPlan, compilePlan, type Plan } from './document-plan.ts';
import { toFieldErrors } from './field-errors.ts';

const DRAFT_04 = 'http://json-schema.org/draft-04/schema#';

export interface SchemaCatalog {
  /** Sorted. */
  names(): readonly string[];
  /** The document as /v2/schemas serves it. */
  document(name: string): JsonObject | undefined;
  /**
   * The same validator each time; costs nothing until it is used.
   * @throws document.not-found
   */
  validator(name: string): DocumentValidator;
  /**
   * What an empty document becomes; needs no ajv.
   * @throws document.not-found
   */
  defaults(name: string): JsonObject;
}

/**
 * Reads `directory` once; every JSON file in it that says it is draft-04 is a schema.
 * @throws SyntaxError, or what reading a folder throws: the folder comes with the program.
 */
export function loadSchemaCatalog(directory: string): SchemaCatalog {
  const documents = new Map<string, JsonObject>();
  for (const file of readdirSync(directory).sort()) {
    // The compiler's own file stands beside the documents, and may hold comments.
    if (!file.endsWith('.json') || file === 'tsconfig.json') continue;
    const content = JSON.parse(readFileSync(join(directory, file), 'utf8')) as JsonValue;
    if (!isJsonObject(content) || content.$schema !== DRAFT_04) continue;
    documents.set(file.slice(0, -'.json'.length), content);
  }
  const names = Object.freeze([...documents.keys()].sort());
  const compiler = new SchemaCompiler(documents);
  const validators = new Map<string, DocumentValidator>();
  const known = (name: string): string => {
    if (documents.has(name)) return name;
    throw new CraftportError('document.not-found', `No schema ${name}`, { detail: { id: name } });
  };
  return {
    names: () => names,
    document: (name) => documents.get(name),
    defaults: (name) => applyPlan(compiler.plan(known(name)), {}) as JsonObject,
    validator(name) {
      known(name);
      const validator = validators.get(name) ?? createValidator(name, compiler);
      validators.set(name, validator);
      return validator;
    },
  };
}

interface CompiledSchema {
  readonly plan: Plan | undefined;
  /** @returns what is wrong, or nothing. */
  check(document: JsonValue): readonly ErrorObject[];
}

function createValidator(name: string, compiler: SchemaCompiler): DocumentValidator {
  let compiled: CompiledSchema | undefined;
  return {
    validate(input, options = {}) {
      compiled ??= compiler.compile(name);
      const document = applyPlan(compiled.plan, input, options.strict);
      const errors = compiled.check(document);
      if (errors.length > 0) throw invalidFields(toFieldErrors(errors));
      return document as JsonObject;
    },
  };
}

class SchemaCompiler {
  readonly #documents: ReadonlyMap<string, JsonObject>;
  #ajv: AjvDraft04.default | undefined;

  constructor(documents: ReadonlyMap<string, JsonObject>) {
    this.#documents = documents;
  }

  compile(name: string): CompiledSchema {
    this.#ajv ??= createAjv(this.#documents);
    const validate = this.#ajv.getSchema(name);
    if (validate === undefined) throw new TypeError(`No schema ${name}`);
    return {
      plan: this.plan(name),
      check: (document) => (validate(document) === true ? [] : (validate.errors ?? [])),
    };
  }

  plan(name: string): Plan | undefined {
    return compilePlan(this.#resolve(name), (reference) => this.#resolve(reference));
  }

  #resolve(name: string): JsonObject {
    const document = this.#documents.get(name);
    if (document === undefined) throw new TypeError(`A schema refers to ${name}, which is none.`);
    return document;
  }
}

// Loading ajv takes longer than everything else the agent does before it listens, so it waits
// for the first document. `require` is the one way to load a module without awaiting it.
function createAjv(documents: ReadonlyMap<string, JsonObject>): AjvDraft04.default {
  const require = createRequire(import.meta.url);
  const { default: Ajv } = require('ajv-draft-04') as typeof AjvDraft04;
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    useDefaults: false,
    coerceTypes: false,
    strict: true,
    strictTypes: false,
    // The documents ship with the program; a test checks them against the meta-schema.
    validateSchema: false,
  });
  // Says to people and forms what is a secret; checks nothing.
  ajv.addKeyword('x-secret');
  for (const [name, document] of documents) ajv.addSchema(document, name);
  return ajv;
}
