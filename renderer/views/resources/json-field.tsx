import { useState } from 'react';
import type { Json } from '../../../agent/client/index.ts';
import { isSame } from '../../state/document.ts';
import { words } from '../../text/words.ts';
import { TextField } from '../../ui/field.tsx';

export interface JsonFieldProps {
  readonly label: string;
  readonly help?: string | undefined;
  readonly error?: string | undefined;
  readonly value: Json | undefined;
  readonly isReadOnly: boolean;
  readonly lines?: number;
  readonly onChange: (value: Json | undefined) => void;
}

/** Any value as JSON. What does not parse stays typed and changes nothing. */
export function JsonField({ value, onChange, lines, ...rest }: JsonFieldProps) {
  const [typed, setTyped] = useState<string>();
  const shown = value === undefined ? '' : JSON.stringify(value, null, 2);
  const parsed = typed === undefined ? undefined : parse(typed);
  const text =
    typed !== undefined && (parsed?.why !== undefined || isSame(parsed?.value, value))
      ? typed
      : shown;
  return (
    <TextField
      {...rest}
      isMono
      isWide
      lines={lines ?? Math.min(30, Math.max(3, text.split('\n').length))}
      value={text}
      error={parsed?.why === undefined ? rest.error : words.editor.jsonWrong(parsed.why)}
      onChange={(next) => {
        setTyped(next);
        const result = parse(next);
        if (result.why === undefined) onChange(result.value);
      }}
    />
  );
}

function parse(text: string): { readonly value?: Json | undefined; readonly why?: string } {
  if (text.trim() === '') return { value: undefined };
  try {
    return { value: JSON.parse(text) as Json };
  } catch (error) {
    return { why: error instanceof Error ? error.message : '' };
  }
}
