import { type Json, isObject } from '../../../agent/client/index.ts';
import { moved, valueAt } from '../../state/document.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { MemberFields, NamedCards } from './named-cards.tsx';
import { SchemaField, useForm } from './schema-field.tsx';

/** Fields that calls have; in lower case, with `_` for `-`. */
const FIELDS: readonly (readonly [string, string])[] = [
  ['outbound_caller_id_number', 'Number that is shown'],
  ['outbound_caller_id_name', 'Name that is shown'],
  ['caller_id_number', 'Number of the caller'],
  ['caller_id_name', 'Name of the caller'],
  ['p_asserted_identity', 'SIP header'],
  ['remote_party_id', 'SIP header'],
  ['to', 'To, of inbound calls'],
  ['from', 'From, of inbound calls'],
  ['request', 'Request URI, of inbound calls'],
];

const OPTIONS = [
  ['direction', 'Direction'],
  ['strip', 'Strip the field'],
  ['value', 'Fixed value', 'mono'],
  ['match_invite_format', 'Match the invite format'],
  ['regex', 'Regular expression', 'mono'],
  ['prefix', 'Prefix', 'mono'],
  ['suffix', 'Suffix', 'mono'],
] as const;
const KNOWN = OPTIONS.map(([key]) => key);

/** By field of the call: one rule or several, of which the first that applies counts. */
export function FormattersPart() {
  return (
    <div className="stack">
      <p className="quiet-text">{words.editor.formattersHelp}</p>
      <NamedCards
        path="formatters"
        addLabel={words.editor.formatterField}
        addText={words.editor.addFormatter}
        suggestions={FIELDS}
        initial={[{}]}
        titleOf={(name) => FIELDS.find(([field]) => field === name.toLowerCase())?.[1] ?? ''}
      >
        {(_name, at) => <Rules at={at} />}
      </NamedCards>
    </div>
  );
}

function Rules({ at }: { readonly at: string }) {
  const form = useForm();
  const value = valueAt(form.document, at);
  // One rule may stand there by itself; it becomes a list when there is a second one.
  const list = Array.isArray(value) ? (value as readonly Json[]) : undefined;
  const rules = list ?? (isObject(value) ? [value] : []);
  const set = (next: readonly Json[]): void => form.change(at, next);
  return (
    <div className="stack">
      {rules.map((rule, index) => {
        const path = list === undefined ? at : `${at}.${String(index)}`;
        return (
          <div key={index} className="rule">
            {(rules.length > 1 || list !== undefined) && (
              <div className="row">
                <span className="quiet-text">{words.editor.rule(index)}</span>
                <span className="grow" />
                {!form.isReadOnly && rules.length > 1 && (
                  <>
                    <Button
                      look="quiet"
                      label={`${words.editor.moveUp}: ${words.editor.rule(index)}`}
                      disabled={index === 0}
                      onClick={() => set(moved(rules, index, index - 1))}
                    >
                      ↑
                    </Button>
                    <Button
                      look="quiet"
                      label={`${words.editor.moveDown}: ${words.editor.rule(index)}`}
                      disabled={index === rules.length - 1}
                      onClick={() => set(moved(rules, index, index + 1))}
                    >
                      ↓
                    </Button>
                    <Button
                      look="quiet"
                      label={words.editor.removeNamed(words.editor.rule(index))}
                      onClick={() => set(rules.filter((_rule, other) => other !== index))}
                    >
                      ✕
                    </Button>
                  </>
                )}
              </div>
            )}
            {isObject(rule) ? (
              <MemberFields at={path} known={KNOWN}>
                {OPTIONS.map(([key, label, look]) => (
                  <SchemaField
                    key={key}
                    path={`${path}.${key}`}
                    label={label}
                    isMono={look === 'mono'}
                  />
                ))}
              </MemberFields>
            ) : (
              <p className="field-error">{form.errors.get(path) ?? words.editor.noRule}</p>
            )}
          </div>
        );
      })}
      {!form.isReadOnly && (
        <div>
          <Button look="quiet" onClick={() => set([...rules, {}])}>
            {words.editor.addRule}
          </Button>
        </div>
      )}
    </div>
  );
}
