// The members of an object as cards: one for each name, and a way to add another. What a card
// does not show stays in its member, and so do members whose names no path can tell.

import { type ReactNode, useState } from 'react';
import { isObject, type Json, type JsonObject } from '../../../agent/client/index.ts';
import { valueAt, withValue } from '../../state/document.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormContext, useForm } from './schema-field.tsx';

export interface NamedCardsProps {
  /** Of the object. */
  readonly path: string;
  readonly addLabel: string;
  readonly addText: string;
  readonly suggestions: readonly (readonly [string, string])[];
  /** What a new member begins with. */
  readonly initial: Json;
  readonly titleOf: (name: string) => string;
  readonly children: (name: string, at: string) => ReactNode;
}

export function NamedCards(props: NamedCardsProps) {
  const form = useForm();
  const [typed, setTyped] = useState('');
  const value = valueAt(form.document, props.path);
  const members: JsonObject = isObject(value) ? value : {};
  const shown = Object.keys(members).filter((name) => !name.includes('.'));
  const hidden = Object.keys(members).filter((name) => name.includes('.'));
  const name = typed.trim();
  const isTaken = Object.hasOwn(members, name);
  const isWrong = name.includes('.');
  const add = (): void => {
    if (name === '' || isTaken || isWrong) return;
    form.change(`${props.path}.${name}`, props.initial);
    setTyped('');
  };
  return (
    <div className="stack">
      {form.errors.has(props.path) && <p className="field-error">{form.errors.get(props.path)}</p>}
      {shown.map((each) => (
        <fieldset key={each} className="card">
          <legend className="card-head">
            <strong className="mono">{each}</strong>{' '}
            <span className="quiet-text">{props.titleOf(each)}</span>
          </legend>
          {!form.isReadOnly && (
            <div className="card-actions">
              <Button
                look="quiet"
                label={words.editor.removeNamed(each)}
                onClick={() => form.change(`${props.path}.${each}`, undefined)}
              >
                ✕
              </Button>
            </div>
          )}
          {form.errors.has(`${props.path}.${each}`) && (
            <p className="field-error">{form.errors.get(`${props.path}.${each}`)}</p>
          )}
          {props.children(each, `${props.path}.${each}`)}
        </fieldset>
      ))}
      {hidden.length > 0 && (
        <p className="note">
          {words.editor.unknownKeys} <code className="mono">{hidden.join(', ')}</code>
        </p>
      )}
      {!form.isReadOnly && (
        <form
          className="row range"
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          <TextField
            label={props.addLabel}
            value={typed}
            isMono
            suggestions={props.suggestions.filter(([each]) => !Object.hasOwn(members, each))}
            error={isTaken ? words.editor.nameTaken : isWrong ? words.editor.nameWrong : undefined}
            onChange={setTyped}
          />
          <Button type="submit" disabled={name === '' || isTaken || isWrong}>
            {props.addText}
          </Button>
        </form>
      )}
    </div>
  );
}

/**
 * Fields of one member: emptied of its last field the member is still there, as `{}`. Keys that
 * none of the fields shows are named.
 */
export function MemberFields({
  at,
  known,
  children,
}: {
  readonly at: string;
  readonly known: readonly string[];
  readonly children: ReactNode;
}) {
  const form = useForm();
  const value = valueAt(form.document, at);
  const member: JsonObject = isObject(value) ? value : {};
  const others = Object.keys(member).filter((key) => !known.includes(key));
  const inner = {
    ...form,
    change: (path: string, next: Json | undefined) =>
      form.change(at, withValue(member, path.slice(at.length + 1), next)),
  };
  return (
    <>
      <FormContext value={inner}>
        <div className="fields">{children}</div>
      </FormContext>
      {others.length > 0 && (
        <p className="quiet-text">
          {words.editor.unknownKeys} <code className="mono">{others.join(', ')}</code>
        </p>
      )}
    </>
  );
}
