import { useState } from 'react';
import { ClientError } from '../../../agent/client/index.ts';
import { collectionErrors, weightsFor } from '../../state/bulk.ts';
import { moved } from '../../state/document.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Loading, Problem } from '../../ui/panel.tsx';
import { Failed } from '../failed.tsx';
import { useQuery, useScene } from '../scene.ts';
import { listOf } from './dial-preview.tsx';
import { type ResourceRow, toResourceRow } from './resource-row.ts';

/** More than a screen of them is no order that a person makes by hand. */
const MOST = 100;

/** The order in which resources are tried, by hand; saved as weights with one call. */
export function ReorderDialog({
  path,
  onClose,
}: {
  readonly path: string;
  readonly onClose: () => void;
}) {
  const { session, toast } = useScene();
  const [order, setOrder] = useState<readonly ResourceRow[]>();
  const [problem, setProblem] = useState<string>();
  const { data, error, query } = useQuery(
    async () =>
      listOf(
        (await session.client.request(path, { query: { sort: 'weight_cost', page_size: MOST } }))
          .data,
      ).map(toResourceRow),
    path,
  );
  const rows = order ?? data;
  const weights = weightsFor(rows?.length ?? 0);
  const move = (from: number, to: number): void => {
    if (rows === undefined || to < 0 || to >= rows.length) return;
    setOrder(moved(rows, from, to));
  };
  const save = async (): Promise<void> => {
    try {
      const reply = await session.client.request(`${path}/collection`, {
        method: 'POST',
        data: (rows ?? []).map(({ id }, index) => ({ id, weight_cost: weights[index] })),
      });
      const errors = collectionErrors(reply.data);
      if (errors.length > 0) setProblem(errors.slice(0, 5).join('\n'));
      else {
        toast('good', words.reorder.done);
        onClose();
      }
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      setProblem(words.errors[cause.kind]);
    }
  };
  return (
    <Dialog
      title={words.resources.reorder}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button look="main" disabled={order === undefined} onClick={() => void save()}>
            {words.reorder.save}
          </Button>
        </>
      }
    >
      <p className="quiet-text">{words.reorder.help(MOST)}</p>
      {problem !== undefined && (
        <Problem title={words.bulk.nothingDone} detail={problem} retryText={words.retry} />
      )}
      <Failed error={error} onRetry={() => void query.reload()} />
      {rows === undefined ? (
        error === undefined && <Loading text={words.loading} />
      ) : (
        <ol className="reorder">
          {rows.map((row, index) => (
            <li key={row.id}>
              <span className="clip">{row.name}</span>
              <span className="number quiet-text end">{row.weight ?? '—'}</span>
              <span className="number">{order !== undefined && `→ ${String(weights[index])}`}</span>
              <Button
                look="quiet"
                label={`${words.editor.moveUp}: ${row.name}`}
                disabled={index === 0}
                onClick={() => move(index, index - 1)}
              >
                ↑
              </Button>
              <Button
                look="quiet"
                label={`${words.editor.moveDown}: ${row.name}`}
                disabled={index === rows.length - 1}
                onClick={() => move(index, index + 1)}
              >
                ↓
              </Button>
            </li>
          ))}
        </ol>
      )}
    </Dialog>
  );
}
