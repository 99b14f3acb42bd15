import { textOf } from '../../../agent/client/index.ts';
import { useState } from 'react';
import type { JsonObject } from '../../../agent/client/index.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';

/** Resources that carry emergency calls are the worst to lose: their name must be typed. */
export function DeleteDialog({
  document,
  onDelete,
  onClose,
}: {
  readonly document: JsonObject;
  readonly onDelete: () => void;
  readonly onClose: () => void;
}) {
  const [typed, setTyped] = useState('');
  const name = textOf(document['name'] ?? '');
  const mustType = document['emergency'] === true;
  return (
    <Dialog
      title={words.editor.removeTitle}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button look="danger" disabled={mustType && typed !== name} onClick={onDelete}>
            {words.editor.remove}
          </Button>
        </>
      }
    >
      <p>
        <strong>{name}</strong>
      </p>
      <p>{words.editor.removeHelp}</p>
      {mustType && (
        <>
          <p className="note">{words.editor.removeEmergency}</p>
          <TextField label={words.editor.removeType(name)} value={typed} onChange={setTyped} />
        </>
      )}
    </Dialog>
  );
}
