// Fields of a form: a label, what is typed, help and what is wrong with it.

import { type ReactNode, useId, useState } from 'react';

export interface FieldFrameProps {
  readonly label: string;
  readonly help?: string | undefined;
  readonly error?: string | undefined;
  readonly isChanged?: boolean;
  readonly isWide?: boolean;
}

interface FrameParts {
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly isInvalid: boolean;
}

export function FieldFrame(
  props: FieldFrameProps & { readonly children: (parts: FrameParts) => ReactNode },
) {
  const id = useId();
  const { label, help, error } = props;
  const described = [
    ...(error === undefined ? [] : [`${id}-error`]),
    ...(help === undefined ? [] : [`${id}-help`]),
  ];
  return (
    <div
      className={`field${props.isWide === true ? ' wide' : ''}${error === undefined ? '' : ' invalid'}`}
      data-changed={props.isChanged === true ? true : undefined}
    >
      <label htmlFor={id}>{label}</label>
      {props.children({
        id,
        describedBy: described.length === 0 ? undefined : described.join(' '),
        isInvalid: error !== undefined,
      })}
      {error !== undefined && (
        <p className="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {help !== undefined && (
        <p className="field-help" id={`${id}-help`}>
          {help}
        </p>
      )}
    </div>
  );
}

export interface TextFieldProps extends FieldFrameProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string | undefined;
  readonly type?: 'text' | 'password' | 'number' | 'search' | 'tel';
  readonly lines?: number;
  /** Of several lines. @returns whether what is pasted was taken, and stays out of the field */
  readonly onPasteText?: (text: string) => boolean;
  readonly isMono?: boolean;
  readonly isReadOnly?: boolean;
  readonly autoComplete?: string;
  readonly autoFocus?: boolean;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  /** What may be meant: value and what it is. Anything else can be typed. */
  readonly suggestions?: readonly (readonly [string, string])[];
}

export function TextField(props: TextFieldProps) {
  return (
    <FieldFrame {...props}>
      {({ id, describedBy, isInvalid }) => {
        const common = {
          id,
          value: props.value,
          placeholder: props.placeholder,
          readOnly: props.isReadOnly,
          autoComplete: props.autoComplete ?? 'off',
          spellCheck: false,
          className: `input${props.isMono === true ? ' mono' : ''}`,
          'aria-describedby': describedBy,
          'aria-invalid': isInvalid,
        } as const;
        return props.lines === undefined ? (
          <>
            <input
              {...common}
              type={props.type ?? 'text'}
              min={props.minimum}
              max={props.maximum}
              autoFocus={props.autoFocus}
              list={props.suggestions === undefined ? undefined : `${id}-list`}
              onChange={(event) => props.onChange(event.target.value)}
            />
            {props.suggestions !== undefined && (
              <datalist id={`${id}-list`}>
                {props.suggestions.map(([value, text]) => (
                  <option key={value} value={value}>
                    {text}
                  </option>
                ))}
              </datalist>
            )}
          </>
        ) : (
          <textarea
            {...common}
            rows={props.lines}
            onPaste={(event) => {
              if (props.onPasteText?.(event.clipboardData.getData('text/plain')) === true)
                event.preventDefault();
            }}
            onChange={(event) => props.onChange(event.target.value)}
          />
        );
      }}
    </FieldFrame>
  );
}

export interface SelectFieldProps extends FieldFrameProps {
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly isReadOnly?: boolean;
  readonly onChange: (value: string) => void;
}

export function SelectField(props: SelectFieldProps) {
  return (
    <FieldFrame {...props}>
      {({ id, describedBy, isInvalid }) => (
        <select
          id={id}
          className="input"
          value={props.value}
          disabled={props.isReadOnly}
          aria-describedby={describedBy}
          aria-invalid={isInvalid}
          onChange={(event) => props.onChange(event.target.value)}
        >
          {props.options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  );
}

export interface LinesFieldProps extends FieldFrameProps {
  readonly value: readonly string[];
  readonly isReadOnly?: boolean;
  readonly placeholder?: string | undefined;
  readonly onChange: (value: readonly string[]) => void;
}

/** A list of texts, one a line. */
export function LinesField(props: LinesFieldProps) {
  // What is typed keeps its empty lines for as long as it means the same list.
  const [typed, setTyped] = useState(() => props.value.join('\n'));
  const text = sameList(toList(typed), props.value) ? typed : props.value.join('\n');
  return (
    <TextField
      {...props}
      value={text}
      lines={Math.min(8, Math.max(2, text.split('\n').length))}
      isMono
      onChange={(next) => {
        setTyped(next);
        props.onChange(toList(next));
      }}
    />
  );
}

function toList(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

export interface CheckFieldProps {
  readonly label: string;
  readonly checked: boolean;
  readonly isReadOnly?: boolean;
  readonly title?: string;
  readonly onChange: (checked: boolean) => void;
}

export function CheckField(props: CheckFieldProps) {
  return (
    <label className="check" title={props.title}>
      <input
        type="checkbox"
        checked={props.checked}
        disabled={props.isReadOnly}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      <span>{props.label}</span>
    </label>
  );
}
