import { type RefObject, useState } from 'react';
import { consoleWords } from '../../text/console.ts';
import type { TerminalView } from './terminal.ts';

/** Finds in what the terminal holds, from the newest upwards. */
export function Search({
  view,
  inputRef,
}: {
  readonly view: TerminalView | undefined;
  readonly inputRef: RefObject<HTMLInputElement | null>;
}) {
  const [text, setText] = useState('');
  const [found, setFound] = useState<{ readonly count: number; readonly index: number }>();
  const find = (wanted: string, step: 1 | -1): void =>
    setFound(wanted === '' ? undefined : view?.find(wanted, step));
  return (
    <span className="row">
      {found !== undefined && (
        <span className="quiet-text number" role="status">
          {consoleWords.found(found.index, found.count)}
        </span>
      )}
      <input
        ref={inputRef}
        type="search"
        className="input search"
        aria-label={consoleWords.search}
        placeholder={consoleWords.search}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          find(event.target.value, -1);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') find(text, event.shiftKey ? 1 : -1);
          else if (event.key === 'Escape') view?.focus();
          else return;
          event.preventDefault();
        }}
      />
    </span>
  );
}
