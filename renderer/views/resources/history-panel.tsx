import { isObject, type JsonObject, textOf } from '../../../agent/client/index.ts';
import { differencesOf } from '../../state/document.ts';
import { timeText, words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Badge, Loading, Problem } from '../../ui/panel.tsx';
import { useStore } from '../../ui/use-store.ts';
import { problemText, useQuery, useScene } from '../scene.ts';
import { eventText, usePeople } from '../people.ts';
import { listOf } from './dial-preview.tsx';

export interface HistoryPanelProps {
  /** Of the document. */
  readonly path: string;
  readonly revision: string | undefined;
  readonly canRestore: boolean;
  readonly onRestore: (revision: string) => void;
}

export function HistoryPanel({ path, revision, canRestore, onRestore }: HistoryPanelProps) {
  const { session, preferences } = useScene();
  const { times } = useStore(preferences);
  const people = usePeople();
  const { data, error, query } = useQuery(
    async () => listOf((await session.client.request(`${path}/history`)).data),
    `${path} ${revision ?? ''}`,
  );
  if (error !== undefined)
    return (
      <Problem
        {...problemText(error)}
        retryText={words.retry}
        onRetry={() => void query.reload()}
      />
    );
  if (data === undefined) return <Loading text={words.loading} />;
  if (data.length === 0) return <p className="quiet-text">{words.history.none}</p>;
  return (
    <ol className="history">
      {data.map((version, index) => {
        const older = data[index + 1];
        return (
          <li key={textOf(version['revision'])}>
            <div className="row">
              <time className="number">
                {timeText(Date.parse(textOf(version['modified_at'])), times)}
              </time>
              <span className="mono quiet-text">{textOf(version['revision']).slice(0, 10)}</span>
              <span className="quiet-text">
                {eventText(textOf(version['event'] ?? ''))} {words.history.by}{' '}
                {people(version['by'])}
              </span>
              {version['current'] === true && <Badge tone="info">{words.history.current}</Badge>}
              <span className="grow" />
              {canRestore && version['current'] !== true && version['deleted'] !== true && (
                <Button onClick={() => onRestore(textOf(version['revision']))}>
                  {words.history.restore}
                </Button>
              )}
            </div>
            {older !== undefined && (
              <p className="quiet-text mono">
                {changedPaths(docOf(older), docOf(version)).join(', ')}
              </p>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function docOf(version: JsonObject): JsonObject {
  return isObject(version['data']) ? version['data'] : {};
}

function changedPaths(before: JsonObject, after: JsonObject): readonly string[] {
  return differencesOf(before, before, after).map(({ path }) => path);
}
