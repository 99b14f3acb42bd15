// What is asked before many lines, or a BREAK, go to the gear.

import { useState } from 'react';
import { BREAK_WORDS } from '../../state/gear-console.ts';
import type { PasteText } from '../../state/paced-paste.ts';
import { consoleWords } from '../../text/console.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';

const SHOWN_LINES = 12;

export function PasteDialog({
  text,
  onSend,
  onClose,
}: {
  readonly text: PasteText;
  readonly onSend: () => void;
  readonly onClose: () => void;
}) {
  const { lines, dropped, isEntered } = text;
  return (
    <Dialog
      title={consoleWords.pasteTitle(lines.length)}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button look="main" onClick={onSend}>
            {consoleWords.pasteSend}
          </Button>
        </>
      }
    >
      <p>{consoleWords.pasteHelp}</p>
      {!isEntered && <p className="quiet-text">{consoleWords.pasteOpen}</p>}
      {dropped > 0 && <p className="note">{consoleWords.pasteDropped(dropped)}</p>}
      <pre className="transcript mono">
        {lines.slice(0, SHOWN_LINES).join('\n')}
        {lines.length > SHOWN_LINES && `\n… ${words.alarms.more(lines.length - SHOWN_LINES)}`}
      </pre>
    </Dialog>
  );
}

export function BreakDialog({
  onSend,
  onClose,
}: {
  readonly onSend: (typed: string) => void;
  readonly onClose: () => void;
}) {
  const [typed, setTyped] = useState('');
  const send = (): void => {
    if (typed === BREAK_WORDS) onSend(typed);
  };
  return (
    <Dialog
      title={consoleWords.break}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button look="danger" disabled={typed !== BREAK_WORDS} onClick={send}>
            {consoleWords.break}
          </Button>
        </>
      }
    >
      <p className="note">{consoleWords.breakHelp}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <TextField
          label={consoleWords.breakType(BREAK_WORDS)}
          value={typed}
          onChange={setTyped}
          isMono
          autoFocus
        />
      </form>
    </Dialog>
  );
}
