// The parts of the resource editor, each with the fields that belong together.

import { isObject, type Json, type JsonObject } from '../../../agent/client/index.ts';
import { moved } from '../../state/document.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { useScene } from '../scene.ts';
import { ClassifiersField } from './classifiers-field.tsx';
import { GatewayCard } from './gateway-card.tsx';
import { JsonField } from './json-field.tsx';
import { HeadersField, SchemaField, type SchemaFieldProps, useForm } from './schema-field.tsx';

export type Part =
  'identity' | 'matching' | 'gateways' | 'media' | 'formatters' | 'headers' | 'json' | 'history';

/** Which part shows the field with an error; the first that fits. */
const PART_OF: readonly (readonly [RegExp, Part])[] = [
  [/^gateways/, 'gateways'],
  [
    /^(rules|cid_rules|flags|require_flags|ignore_flags|classifiers|rules_test|flat_rate)/,
    'matching',
  ],
  [/^media/, 'media'],
  [/^formatters/, 'formatters'],
  [/^(custom_sip_headers|format_from_uri|from_)/, 'headers'],
  [
    /^(name|enabled|weight_cost|emergency|grace_period|gateway_strategy|caller_id_options)/,
    'identity',
  ],
];

export function partOf(path: string): Part {
  return PART_OF.find(([pattern]) => pattern.test(path))?.[1] ?? 'json';
}

const IDENTITY: readonly SchemaFieldProps[] = [
  { path: 'name', label: 'Name', isWide: true },
  { path: 'enabled', label: 'Enabled' },
  { path: 'weight_cost', label: 'Weight' },
  { path: 'emergency', label: 'Emergency' },
  { path: 'grace_period', label: 'Grace period (s)' },
  { path: 'gateway_strategy', label: 'Gateway strategy' },
  { path: 'caller_id_options.type', label: 'Caller id' },
];

const MATCHING: readonly SchemaFieldProps[] = [
  { path: 'rules', label: 'Rules', isWide: true },
  { path: 'cid_rules', label: 'Caller id rules', isWide: true },
  { path: 'flags', label: 'Flags' },
  { path: 'require_flags', label: 'Require flags' },
  { path: 'ignore_flags', label: 'Ignore flags' },
  { path: 'flat_rate_whitelist', label: 'Flat-rate whitelist', isMono: true },
  { path: 'flat_rate_blacklist', label: 'Flat-rate blacklist', isMono: true },
];

const MEDIA: readonly SchemaFieldProps[] = [
  { path: 'media.audio.codecs', label: 'Audio codecs' },
  { path: 'media.video.codecs', label: 'Video codecs' },
  { path: 'media.bypass_media', label: 'Bypass media' },
  { path: 'media.fax_option', label: 'Fax option' },
  { path: 'media.ignore_early_media', label: 'Ignore early media' },
  { path: 'media.progress_timeout', label: 'Progress timeout (s)' },
  { path: 'media.encryption.enforce_security', label: 'Enforce encryption' },
  { path: 'media.encryption.methods', label: 'Encryption methods' },
];

const HEADERS: readonly SchemaFieldProps[] = [
  { path: 'format_from_uri', label: 'Format From URI' },
  { path: 'from_uri_realm', label: 'From URI realm', isMono: true },
  { path: 'from_account_realm', label: 'From account realm' },
];

function Fields({ fields }: { readonly fields: readonly SchemaFieldProps[] }) {
  return fields.map((field) => <SchemaField key={field.path} {...field} />);
}

export function IdentityPart() {
  return (
    <div className="fields">
      <Fields fields={IDENTITY} />
    </div>
  );
}

export function MatchingPart() {
  return (
    <div className="fields">
      <Fields fields={MATCHING} />
      <ClassifiersField />
    </div>
  );
}

export function MediaPart() {
  return (
    <div className="fields">
      <Fields fields={MEDIA} />
    </div>
  );
}

export function HeadersPart() {
  return (
    <div className="fields">
      <HeadersField path="custom_sip_headers" label="SIP headers" />
      <Fields fields={HEADERS} />
    </div>
  );
}

export function GatewaysPart() {
  const form = useForm();
  const value = form.document['gateways'];
  const gateways = Array.isArray(value) ? (value as readonly Json[]) : [];
  const set = (next: readonly Json[]): void => form.change('gateways', next);
  return (
    <div className="stack">
      {form.errors.has('gateways') && <p className="field-error">{form.errors.get('gateways')}</p>}
      {gateways.map((_gateway, index) => (
        <GatewayCard
          key={index}
          index={index}
          count={gateways.length}
          onMove={(by) => set(moved(gateways, index, index + by))}
          onRemove={() => set(gateways.filter((_item, at) => at !== index))}
        />
      ))}
      {!form.isReadOnly && (
        <div>
          <Button onClick={() => set([...gateways, { server: '' }])}>
            {words.editor.addGateway}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Everything, as it is sent. Unknown keys are named: they stay. */
export function JsonPart({ onReplace }: { readonly onReplace: (document: JsonObject) => void }) {
  const form = useForm();
  const { schemas } = useScene();
  const known = schemas['resources']?.properties ?? {};
  const unknown = Object.keys(form.document).filter((key) => !(key in known));
  return (
    <div className="stack json-part">
      {unknown.length > 0 && (
        <p className="note">
          {words.editor.unknownKeys} <code className="mono">{unknown.join(', ')}</code>
        </p>
      )}
      <JsonField
        label="JSON"
        value={form.document}
        isReadOnly={form.isReadOnly}
        lines={26}
        onChange={(value) => {
          if (isObject(value)) onReplace(value);
        }}
      />
    </div>
  );
}
