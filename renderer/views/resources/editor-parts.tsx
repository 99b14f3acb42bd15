// The parts of the resource editor, each with the fields that belong together.

import { isObject, type Json, type JsonObject } from '../../../agent/client/index.ts';
import { moved } from '../../state/document.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { useScene } from '../scene.ts';
import { ClassifiersField } from './classifiers-field.tsx';
import { GatewayCard } from './gateway-card.tsx';
import { JsonField } from './json-field.tsx';
import { HeadersField, SchemaField, useForm } from './schema-field.tsx';

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

export function IdentityPart() {
  return (
    <div className="fields">
      <SchemaField path="name" label="Name" isWide />
      <SchemaField path="enabled" label="Enabled" />
      <SchemaField path="weight_cost" label="Weight" />
      <SchemaField path="emergency" label="Emergency" />
      <SchemaField path="grace_period" label="Grace period (s)" />
      <SchemaField path="gateway_strategy" label="Gateway strategy" />
      <SchemaField path="caller_id_options.type" label="Caller id" />
    </div>
  );
}

export function MatchingPart() {
  return (
    <div className="fields">
      <SchemaField path="rules" label="Rules" isWide />
      <SchemaField path="cid_rules" label="Caller id rules" isWide />
      <SchemaField path="flags" label="Flags" />
      <SchemaField path="require_flags" label="Require flags" />
      <SchemaField path="ignore_flags" label="Ignore flags" />
      <SchemaField path="flat_rate_whitelist" label="Flat-rate whitelist" isMono />
      <SchemaField path="flat_rate_blacklist" label="Flat-rate blacklist" isMono />
      <ClassifiersField />
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

export function MediaPart() {
  return (
    <div className="fields">
      <SchemaField path="media.audio.codecs" label="Audio codecs" />
      <SchemaField path="media.video.codecs" label="Video codecs" />
      <SchemaField path="media.bypass_media" label="Bypass media" />
      <SchemaField path="media.fax_option" label="Fax option" />
      <SchemaField path="media.ignore_early_media" label="Ignore early media" />
      <SchemaField path="media.progress_timeout" label="Progress timeout (s)" />
      <SchemaField path="media.encryption.enforce_security" label="Enforce encryption" />
      <SchemaField path="media.encryption.methods" label="Encryption methods" />
    </div>
  );
}

export function HeadersPart() {
  return (
    <div className="fields">
      <HeadersField path="custom_sip_headers" label="SIP headers" />
      <SchemaField path="format_from_uri" label="Format From URI" />
      <SchemaField path="from_uri_realm" label="From URI realm" isMono />
      <SchemaField path="from_account_realm" label="From account realm" />
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
    <div className="stack">
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
