// Writes schemas/types.ts from the documents: one interface a document, and the error codes.
// types.test.ts compares; `npm run schemas:types` writes.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile } from 'json-schema-to-typescript';
import { loadSchemaCatalog } from '../../agent/validation/schema-catalog.ts';

export const schemaDirectory = new URL('../../schemas/', import.meta.url);

type Schema = Record<string, unknown>;

/** Document → type. A new document fails the generation until it has a name here. */
const DOCUMENT_TYPES: Readonly<Record<string, string>> = {
  accounts: 'AccountDoc',
  alarm_acknowledgements: 'AlarmAcknowledgementDoc',
  alarms: 'AlarmDoc',
  api_auth: 'ApiAuthDoc',
  cables: 'CableDoc',
  channels: 'ChannelDoc',
  custom_sip_headers: 'CustomSipHeadersDoc',
  'endpoint.media': 'EndpointMediaDoc',
  formatters: 'FormattersDoc',
  'formatters.format_options': 'FormatOptionsDoc',
  gear: 'GearDoc',
  gear_frames: 'GearFrameDoc',
  gear_identifications: 'GearIdentificationDoc',
  gear_identify: 'GearIdentifyDoc',
  'gear_options.freetdm': 'FreetdmOptionsDoc',
  'gear_options.generic_cli': 'GenericCliOptionsDoc',
  'gear_options.ios': 'IosOptionsDoc',
  'gear_options.tl1': 'Tl1OptionsDoc',
  gear_state: 'GearStateDoc',
  pairing: 'PairingDoc',
  phone_numbers: 'PhoneNumberDoc',
  resource_jobs: 'ResourceJobDoc',
  resource_selector_rules: 'ResourceSelectorRulesDoc',
  resource_selectors: 'ResourceSelectorDoc',
  resource_templates: 'ResourceTemplateDoc',
  resources: 'ResourceDoc',
  serial_port_probe: 'SerialPortProbeDoc',
  serial_port_probes: 'SerialPortProbeResultDoc',
  serial_ports: 'SerialPortDoc',
  sites: 'SiteDoc',
  span_performance: 'SpanPerformanceDoc',
  spans: 'SpanDoc',
  'spans.local': 'SpanLocalDoc',
  'system_config.crossbar': 'CrossbarConfigDoc',
  'system_config.crossbar.auth': 'CrossbarAuthConfigDoc',
  'system_config.crossbar.resources': 'CrossbarResourcesConfigDoc',
  'system_config.number_manager': 'NumberManagerConfigDoc',
  'system_config.stepswitch': 'StepswitchConfigDoc',
  user_auth: 'UserAuthDoc',
  users: 'UserDoc',
};

/** Parts of documents that code handles on their own. */
const PART_TYPES: Readonly<Record<string, readonly string[]>> = {
  ResourceSelectorStep: ['resource_selector_rules', 'properties', 'rules', 'items'],
  DialledByDoc: ['spans', 'properties', 'dialled_by', 'items'],
  FindingDoc: ['spans', 'properties', 'findings', 'items'],
  GatewayDoc: ['resources', 'properties', 'gateways', 'items'],
  ClassifierDoc: ['resources', 'properties', 'classifiers', 'additionalProperties'],
  InviteParametersDoc: [
    'resources',
    'properties',
    'gateways',
    'items',
    'properties',
    'invite_parameters',
  ],
};

/** @returns the text of schemas/types.ts. */
export async function generateTypes(): Promise<string> {
  const documents = loadDocuments();
  for (const [title, path] of Object.entries(PART_TYPES)) {
    at(documents, path).title = title;
  }
  const source = await compile(
    {
      $id: 'Documents',
      type: 'object',
      additionalProperties: false,
      definitions: documents,
    },
    'Documents',
    {
      bannerComment: '',
      ignoreMinAndMaxItems: true,
      unreachableDefinitions: true,
      style: { singleQuote: true, printWidth: 100 },
    },
  );
  return [
    '// Generated from schemas/*.json by `npm run schemas:types`; a test compares.\n',
    '// The documents as they are once validated, defaults not yet counted on.\n\n',
    makeReadonly(withoutNoise(source)),
    errorCodes(),
  ].join('');
}

function loadDocuments(): Record<string, Schema> {
  const catalog = loadSchemaCatalog(fileURLToPath(schemaDirectory));
  const documents: Record<string, Schema> = {};
  for (const name of catalog.names()) {
    const title = DOCUMENT_TYPES[name];
    if (title === undefined) throw new TypeError(`No type name for ${name}`);
    const document = JSON.parse(
      JSON.stringify(catalog.document(name)),
      // The documents stand side by side in one schema, so references become local. Draft 4
      // ignores what stands beside a reference.
      (_key, value: unknown) =>
        isSchema(value) && typeof value.$ref === 'string'
          ? { $ref: `#/definitions/${value.$ref}` }
          : value,
    ) as Schema;
    delete document.id;
    delete document.$schema;
    documents[name] = { ...document, title };
  }
  return documents;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function at(documents: Record<string, Schema>, path: readonly string[]): Schema {
  let schema: Schema = documents;
  for (const key of path) {
    const next = schema[key];
    if (!isSchema(next)) throw new TypeError(`No schema at ${path.join('.')}`);
    schema = next;
  }
  return schema;
}

/** Drops the wrapper, and the sentences that only say how the generator went. */
function withoutNoise(source: string): string {
  return source
    .replace(/export interface Documents \{\}\n/, '')
    .replace(/(?:\n *\*)?\n *\* This interface was referenced by [^\n]*\n *\* via the [^\n]*/g, '');
}

/** Documents are data: members, index signatures and arrays are read only. */
function makeReadonly(source: string): string {
  return source
    .replace(/^(\s+)((?:[\w$]+\??|\[k: string\]):)(?=\s)/gm, '$1readonly $2')
    .replace(/(\([^()]*\)|\b[\w$]+)\[\]/g, 'readonly $1[]');
}

function errorCodes(): string {
  const list = JSON.parse(
    readFileSync(new URL('errors.json', schemaDirectory), 'utf8'),
  ) as readonly { readonly code: string }[];
  const codes = list.map(({ code }) => `  | '${code}'`).join('\n');
  return `\n/** Every code of errors.json, which says what each means and who can fix it. */\nexport type ErrorCode =\n${codes};\n`;
}
