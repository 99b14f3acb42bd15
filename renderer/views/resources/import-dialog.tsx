import { useState } from 'react';
import { ClientError, textOf } from '../../../agent/client/index.ts';
import { complaintsOf } from '../../form/schema.ts';
import { collectionErrors, parseCsvImport, parseImport } from '../../state/bulk.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { FileDrop } from '../../ui/file-drop.tsx';
import { Problem } from '../../ui/panel.tsx';
import { useScene } from '../scene.ts';

/** Documents from JSON or CSV, looked at before they are created, all or none. */
export function ImportDialog({
  path,
  onClose,
}: {
  readonly path: string;
  readonly onClose: () => void;
}) {
  const { session, checks, toast } = useScene();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const isJson = /^\s*[[{]/.test(text);
  const rows = text.trim() === '' ? [] : isJson ? parseImport(text) : parseCsvImport(text);
  const looked =
    typeof rows === 'string'
      ? []
      : rows.map(({ document, problem: wrong }) => ({
          document,
          wrong:
            wrong ??
            complaintsOf(checks.resources, document)
              .map(({ path: at, message }) => `${at}: ${message}`)
              .join('; '),
        }));
  const bad = looked.filter(({ wrong }) => wrong !== '');
  const create = async (): Promise<void> => {
    try {
      const reply = await session.client.request(`${path}/collection`, {
        method: 'PUT',
        data: looked.map(({ document }) => document),
      });
      const errors = collectionErrors(reply.data);
      if (errors.length > 0) setProblem(errors.slice(0, 5).join('\n'));
      else {
        toast('good', words.importing.done(looked.length));
        onClose();
      }
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      setProblem(words.errors[cause.kind]);
    }
  };
  return (
    <Dialog
      title={words.importing.title}
      size="large"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button
            look="main"
            disabled={looked.length === 0 || bad.length > 0}
            onClick={() => void create()}
          >
            {words.importing.create(looked.length)}
          </Button>
        </>
      }
    >
      {problem !== undefined && (
        <Problem title={words.bulk.nothingDone} detail={problem} retryText={words.retry} />
      )}
      <FileDrop
        label={words.importing.file}
        accept=".json,.csv"
        onText={setText}
        onUnreadable={(name) => toast('bad', words.jobs.unreadable(name))}
      >
        <TextField
          label={words.importing.text}
          help={words.importing.help}
          value={text}
          onChange={setText}
          lines={12}
          isMono
          isWide
          error={typeof rows === 'string' ? rows : undefined}
        />
      </FileDrop>
      {looked.length > 0 && <p role="status">{words.importing.found(looked.length, bad.length)}</p>}
      <ul className="reasons">
        {bad.slice(0, 20).map(({ document, wrong }, index) => (
          <li key={index}>
            <strong>{textOf(document['name'] ?? '—')}</strong> {wrong}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
