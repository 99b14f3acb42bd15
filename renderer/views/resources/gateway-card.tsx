import { isObject, type JsonObject, textOf } from '../../../agent/client/index.ts';
import { valueAt } from '../../state/document.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Badge } from '../../ui/panel.tsx';
import { HeadersField, SchemaField, useForm } from './schema-field.tsx';

type FieldEntry = readonly [key: string, label: string, look?: 'mono'];

/** Of each kind of endpoint the fields that matter, in the order one fills them in. */
const MAIN_FIELDS: Readonly<Record<string, readonly FieldEntry[]>> = {
  sip: [
    ['server', 'Server', 'mono'],
    ['port', 'Port'],
    ['username', 'Username', 'mono'],
    ['password', 'Password'],
    ['realm', 'Realm', 'mono'],
    ['invite_format', 'Number format'],
    ['prefix', 'Prefix', 'mono'],
    ['suffix', 'Suffix', 'mono'],
    ['progress_timeout', 'Progress timeout (s)'],
  ],
  freetdm: [
    ['span', 'Span', 'mono'],
    ['channel_selection', 'Channel order'],
    ['invite_format', 'Number format'],
    ['prefix', 'Prefix', 'mono'],
    ['suffix', 'Suffix', 'mono'],
    ['server', 'Server', 'mono'],
    ['progress_timeout', 'Progress timeout (s)'],
  ],
  skype: [
    ['skype_interface', 'Interface', 'mono'],
    ['skype_rr', 'Round robin'],
    ['server', 'Server', 'mono'],
    ['prefix', 'Prefix', 'mono'],
    ['suffix', 'Suffix', 'mono'],
  ],
  amqp: [
    ['server', 'Server', 'mono'],
    ['route', 'Route', 'mono'],
    ['prefix', 'Prefix', 'mono'],
    ['suffix', 'Suffix', 'mono'],
  ],
};

const OTHER_FIELDS: readonly FieldEntry[] = [
  ['server', 'Server', 'mono'],
  ['port', 'Port'],
  ['route', 'Route', 'mono'],
  ['caller_id_type', 'Caller id'],
  ['codecs', 'Codecs'],
  ['bypass_media', 'Bypass media'],
  ['media.fax_option', 'T.38 fax'],
  ['media.rtcp_mux', 'RTCP mux'],
  ['force_port', 'Force port'],
  ['custom_sip_interface', 'SIP interface', 'mono'],
  ['format_from_uri', 'Format From URI'],
  ['from_uri_realm', 'From URI realm', 'mono'],
  ['username', 'Username', 'mono'],
  ['password', 'Password'],
  ['realm', 'Realm', 'mono'],
  ['invite_format', 'Number format'],
  ['invite_parameters.static', 'INVITE parameters, fixed'],
  ['invite_parameters.dynamic', 'INVITE parameters, from the call'],
];

export interface GatewayCardProps {
  readonly index: number;
  readonly count: number;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}

export function GatewayCard({ index, count, onMove, onRemove }: GatewayCardProps) {
  const form = useForm();
  const at = `gateways.${String(index)}`;
  const value = valueAt(form.document, at);
  const gateway: JsonObject = isObject(value) ? value : {};
  const type = typeof gateway['endpoint_type'] === 'string' ? gateway['endpoint_type'] : 'sip';
  const main = MAIN_FIELDS[type] ?? MAIN_FIELDS['sip'] ?? [];
  const rest = OTHER_FIELDS.filter(([key]) => !main.some(([other]) => other === key));
  const isOff = gateway['enabled'] === false;
  const field = ([key, label, look]: FieldEntry) => (
    <SchemaField key={key} path={`${at}.${key}`} label={label} isMono={look === 'mono'} />
  );
  return (
    <fieldset className={`card${isOff ? ' muted' : ''}`}>
      <legend className="card-head">
        <strong>{words.editor.gateway(index)}</strong>{' '}
        <span className="mono quiet-text">{summaryOf(type, gateway)}</span>{' '}
        {isOff && <Badge tone="mute">{words.resources.off}</Badge>}
      </legend>
      {!form.isReadOnly && (
        <div className="card-actions">
          <Button
            look="quiet"
            label={`${words.editor.moveUp}: ${words.editor.gateway(index)}`}
            disabled={index === 0}
            onClick={() => onMove(-1)}
          >
            ↑
          </Button>
          <Button
            look="quiet"
            label={`${words.editor.moveDown}: ${words.editor.gateway(index)}`}
            disabled={index === count - 1}
            onClick={() => onMove(1)}
          >
            ↓
          </Button>
          <Button
            look="quiet"
            label={`${words.editor.removeGateway} ${String(index + 1)}`}
            onClick={onRemove}
          >
            ✕
          </Button>
        </div>
      )}
      <div className="fields">
        <SchemaField path={`${at}.endpoint_type`} label="Endpoint type" />
        <SchemaField path={`${at}.enabled`} label="Enabled" />
        {main.map(field)}
      </div>
      <details className="fold">
        <summary>{words.editor.moreFields}</summary>
        <div className="fields">
          {rest.map(field)}
          <HeadersField path={`${at}.custom_sip_headers`} label="SIP headers" />
          <HeadersField path={`${at}.custom_sip_headers.out`} label="SIP headers, outbound only" />
          <HeadersField path={`${at}.custom_sip_headers.in`} label="SIP headers, inbound only" />
        </div>
      </details>
    </fieldset>
  );
}

function summaryOf(type: string, gateway: JsonObject): string {
  if (type === 'freetdm') {
    const letter = gateway['channel_selection'] === 'descending' ? 'A ↓' : 'a ↑';
    return `FreeTDM span ${textOf(gateway['span'] ?? '—')} ${letter}`;
  }
  return `${type} ${textOf(gateway['server'] ?? '')}`;
}
