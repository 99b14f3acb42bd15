import { useState } from 'react';
import {
  ClientError,
  isObject,
  type Json,
  type JsonObject,
  textOf,
} from '../../../agent/client/index.ts';
import { collectionErrors, collectionOf, commonValue } from '../../state/bulk.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Loading, Problem } from '../../ui/panel.tsx';
import { Failed } from '../failed.tsx';
import { useQuery, useScene } from '../scene.ts';

const FIELDS = [
  { path: 'enabled', label: 'Enabled', kind: 'boolean' },
  { path: 'weight_cost', label: 'Weight', kind: 'number' },
  { path: 'emergency', label: 'Emergency', kind: 'boolean' },
  { path: 'grace_period', label: 'Grace period (s)', kind: 'number' },
  { path: 'require_flags', label: 'Require flags', kind: 'boolean' },
] as const;

/** The fields that many resources can share. All are changed in one call, or none. */
export function BulkEdit({
  path,
  ids,
  onClose,
}: {
  readonly path: string;
  readonly ids: readonly string[];
  readonly onClose: (isDone: boolean) => void;
}) {
  const { session, toast } = useScene();
  const [changes, setChanges] = useState<ReadonlyMap<string, Json>>(new Map());
  const [problem, setProblem] = useState<string>();
  const { data, error, query } = useQuery(async () => {
    const documents: JsonObject[] = [];
    for (const id of ids.slice(0, 200)) {
      const reply = await session.client.request(`${path}/${encodeURIComponent(id)}`);
      if (isObject(reply.data)) documents.push(reply.data);
    }
    return documents;
  }, ids.join());
  const apply = async (): Promise<void> => {
    try {
      const reply = await session.client.request(`${path}/collection`, {
        method: 'POST',
        data: collectionOf(ids, changes),
      });
      const errors = collectionErrors(reply.data);
      if (errors.length > 0) setProblem(errors.slice(0, 5).join('\n'));
      else {
        toast('good', words.bulk.done(ids.length));
        onClose(true);
      }
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      setProblem(words.errors[cause.kind]);
    }
  };
  const set = (at: string, value: Json | undefined): void => {
    const next = new Map(changes);
    if (value === undefined) next.delete(at);
    else next.set(at, value);
    setChanges(next);
  };
  return (
    <Dialog
      title={words.bulk.title(ids.length)}
      onClose={() => onClose(false)}
      footer={
        <>
          <Button onClick={() => onClose(false)}>{words.cancel}</Button>
          <Button look="main" disabled={changes.size === 0} onClick={() => void apply()}>
            {words.bulk.apply}
          </Button>
        </>
      }
    >
      {problem !== undefined && (
        <Problem title={words.bulk.nothingDone} detail={problem} retryText={words.retry} />
      )}
      <Failed error={error} onRetry={() => void query.reload()} />
      {data === undefined ? (
        error === undefined && <Loading text={words.loading} />
      ) : (
        <div className="fields">
          {FIELDS.map(({ path: at, label, kind }) => {
            const common = commonValue(data, at);
            const changed = changes.get(at);
            const note = common.differs
              ? words.bulk.differ
              : common.value === undefined
                ? words.editor.unset
                : JSON.stringify(common.value);
            return kind === 'boolean' ? (
              <SelectField
                key={at}
                label={label}
                isChanged={changed !== undefined}
                value={changed === undefined ? '' : textOf(changed)}
                options={[
                  ['', words.bulk.keep(note)],
                  ['true', words.yes],
                  ['false', words.no],
                ]}
                onChange={(text) => set(at, text === '' ? undefined : text === 'true')}
              />
            ) : (
              <TextField
                key={at}
                label={label}
                type="number"
                isChanged={changed !== undefined}
                value={changed === undefined ? '' : textOf(changed)}
                placeholder={words.bulk.keep(note)}
                onChange={(text) => set(at, /^\d+$/.test(text) ? Number(text) : undefined)}
              />
            );
          })}
        </div>
      )}
    </Dialog>
  );
}
