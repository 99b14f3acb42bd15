// Validators as code: a page without unsafe-eval cannot compile schemas, so the build does.
// `virtual:schemas` exports the documents and a validator for each that the page edits.

import AjvDraft04 from 'ajv-draft-04';
import standalone from 'ajv/dist/standalone/index.js';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the page edits. */
const EDITED = ['resources', 'gear'] as const;
/** What these refer to. */
const REFERRED = [
  'custom_sip_headers',
  'endpoint.media',
  'formatters',
  'formatters.format_options',
] as const;

const ID = 'virtual:schemas';

/** The part of a vite plugin that this is. */
export interface SchemaPlugin {
  readonly name: string;
  readonly resolveId: (id: string) => string | undefined;
  load(this: { addWatchFile(path: string): void }, id: string): string | undefined;
}

export function schemaValidators(directory: string): SchemaPlugin {
  return {
    name: 'craftport-schema-validators',
    resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
    load(id) {
      if (id !== `\0${ID}`) return undefined;
      for (const file of readdirSync(directory)) this.addWatchFile(join(directory, file));
      return moduleText(directory);
    },
  };
}

/** @returns the text of an ES module */
export function moduleText(directory: string): string {
  const documents = Object.fromEntries(
    [...EDITED, ...REFERRED].map((name) => [
      name,
      JSON.parse(readFileSync(join(directory, `${name}.json`), 'utf8')) as Record<string, unknown>,
    ]),
  );
  const ajv = new AjvDraft04.default({
    allErrors: true,
    strict: false,
    validateFormats: false,
    inlineRefs: false,
    code: { source: true, esm: true },
  });
  for (const [name, document] of Object.entries(documents)) {
    // References name the file; ajv resolves against the id.
    ajv.addSchema({ ...document, id: name }, name);
  }
  const names = Object.fromEntries(EDITED.map((name) => [`check_${name}`, name]));
  const code = standalone.default(ajv, names);
  return `${withImports(code)}
export const validators = { ${EDITED.map((name) => `${name}: check_${name}`).join(', ')} };
export const documents = ${JSON.stringify(documents)};
`;
}

/** Even as ES module ajv's output requires its helpers: as imports the page can have them. */
function withImports(code: string): string {
  const imports = new Map<string, string>();
  const body = code.replaceAll(/require\("([^"]+)"\)/g, (_all, path: string) => {
    const name = imports.get(path) ?? `helper${String(imports.size)}`;
    imports.set(path, name);
    return name;
  });
  const lines = [...imports].map(([path, name]) => `import * as ${name} from '${path}.js';`);
  return `${lines.join('\n')}\n${body}`;
}
