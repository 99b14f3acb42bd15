// One field of a document, made from its schema: the default is shown as default, help is the
// schema's own sentence, what is wrong stands at the field.

import { createContext, useContext } from 'react';
import { isObject, type Json, type JsonObject } from '../../../agent/client/index.ts';
import { fieldAt } from '../../form/schema.ts';
import { isSame, valueAt } from '../../state/document.ts';
import { words } from '../../text/words.ts';
import { LinesField, SelectField, TextField } from '../../ui/field.tsx';
import { useScene } from '../scene.ts';
import { JsonField } from './json-field.tsx';

export interface FormState {
  readonly schema: 'resources' | 'gear';
  readonly document: JsonObject;
  readonly base: JsonObject;
  readonly errors: ReadonlyMap<string, string>;
  readonly isReadOnly: boolean;
  readonly change: (path: string, value: Json | undefined) => void;
}

export const FormContext = createContext<FormState | undefined>(undefined);

export function useForm(): FormState {
  const form = useContext(FormContext);
  if (form === undefined) throw new Error('A field stands outside a form');
  return form;
}

export interface SchemaFieldProps {
  readonly path: string;
  readonly label: string;
  readonly isMono?: boolean;
  readonly isWide?: boolean;
  /** What else the field means here. */
  readonly help?: string;
}

export function SchemaField(props: SchemaFieldProps) {
  const { path, label } = props;
  const { schemas } = useScene();
  const form = useForm();
  const model = fieldAt(schemas, form.schema, path);
  const value = valueAt(form.document, path);
  const frame = {
    label: model.isRequired ? `${label} *` : label,
    help: props.help ?? model.help,
    error: form.errors.get(path),
    isChanged: !isSame(value, valueAt(form.base, path)),
    isReadOnly: form.isReadOnly,
    isWide: props.isWide ?? false,
  };
  const fallback = model.fallback === undefined ? undefined : shownOf(model.fallback);
  const unset = [
    '',
    fallback === undefined ? words.editor.unset : words.editor.fallback(fallback),
  ] as const;
  switch (model.type) {
    case 'boolean':
      return (
        <SelectField
          {...frame}
          value={value === undefined ? '' : textOf(value)}
          options={[unset, ['true', words.yes], ['false', words.no]]}
          onChange={(text) => form.change(path, text === '' ? undefined : text === 'true')}
        />
      );
    case 'choice':
      return (
        <SelectField
          {...frame}
          value={value === undefined ? '' : textOf(value)}
          options={[
            unset,
            ...model.choices.map((choice) => [choice, choice] as const),
            ...(typeof value === 'string' && !model.choices.includes(value)
              ? [[value, value] as const]
              : []),
          ]}
          onChange={(text) => form.change(path, text === '' ? undefined : text)}
        />
      );
    case 'list':
      // Lines would turn what is no text (an INVITE parameter with tag and key) into text.
      if (Array.isArray(value) && value.some((item) => typeof item !== 'string'))
        return <JsonField {...frame} value={value} onChange={(next) => form.change(path, next)} />;
      return (
        <LinesField
          {...frame}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={(lines) => form.change(path, lines.length === 0 ? undefined : lines)}
        />
      );
    default:
      return (
        <TextField
          {...frame}
          type={model.isSecret ? 'password' : 'text'}
          autoComplete={model.isSecret ? 'new-password' : 'off'}
          isMono={props.isMono === true || model.type === 'integer'}
          value={value === undefined ? '' : textOf(value)}
          placeholder={fallback === undefined ? undefined : words.editor.fallback(fallback)}
          onChange={(text) => form.change(path, toValue(text, model.type === 'integer'))}
        />
      );
  }
}

/** Text that is no number stays text: the schema says at the field that it is wrong. */
function toValue(text: string, isInteger: boolean): Json | undefined {
  if (text === '') return undefined;
  return isInteger && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

function textOf(value: Json): string {
  if (value === true) return 'true';
  if (value === false) return 'false';
  return typeof value === 'string' || typeof value === 'number'
    ? String(value)
    : JSON.stringify(value);
}

/** As the choices of a field call it. */
function shownOf(value: Json): string {
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  return textOf(value);
}

/** Headers as lines: `Name: value`. Nested ones (`in`, `out`) have fields of their own. */
export function HeadersField({ path, label }: { readonly path: string; readonly label: string }) {
  const form = useForm();
  const value = valueAt(form.document, path);
  const object: JsonObject = isObject(value) ? value : {};
  const flat = Object.entries(object).filter(([, item]) => typeof item === 'string');
  const rest = Object.entries(object).filter(([, item]) => typeof item !== 'string');
  return (
    <LinesField
      label={label}
      help={words.editor.headerLines}
      error={form.errors.get(path)}
      isReadOnly={form.isReadOnly}
      isWide
      value={flat.map(([name, item]) =>
        item === '' ? name : `${name}: ${typeof item === 'string' ? item : ''}`,
      )}
      onChange={(lines) => {
        const headers = lines.map((line) => {
          const colon = line.indexOf(':');
          return colon < 0
            ? ([line.trim(), ''] as const)
            : ([line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const);
        });
        const next = Object.fromEntries([...headers, ...rest]);
        form.change(path, Object.keys(next).length === 0 ? undefined : next);
      }}
    />
  );
}
