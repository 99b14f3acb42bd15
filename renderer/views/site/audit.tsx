import { useState } from 'react';
import { isObject, type JsonObject, textOf } from '../../../agent/client/index.ts';
import { differencesOf } from '../../state/document.ts';
import { timeText, words } from '../../text/words.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Empty, Loading } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';
import { useStore } from '../../ui/use-store.ts';
import { Failed } from '../failed.tsx';
import { useScene } from '../scene.ts';
import { eventText, usePeople } from '../people.ts';
import { usePagedList } from '../use-paged-list.ts';
import { ignoreAbort } from '../settled.ts';

/** Who changed what, when, from where; newest first. */
export function Audit() {
  const { identity, preferences } = useScene();
  const { times, density } = useStore(preferences);
  const people = usePeople();
  const [open, setOpen] = useState<JsonObject>();
  const path = identity.isMaster
    ? '/v2/audit'
    : `/v2/accounts/${encodeURIComponent(identity.accountId)}/audit`;
  const { list, ...state } = usePagedList({
    path,
    toRow: asItCame,
    topic: '*',
    everyMs: 2000,
    mostRows: 500,
  });
  return (
    <section className="view">
      <header className="toolbar">
        <h1>{words.audit.title}</h1>
      </header>
      <Failed error={state.error} onRetry={() => void list.reload()} />
      {state.rows.length > 0 ? (
        <Table
          label={words.audit.title}
          rows={state.rows}
          rowHeight={density === 'compact' ? 30 : 40}
          keyOf={(row) => textOf(row['sequence'])}
          onOpen={setOpen}
          onEnd={() => void list.loadMore().catch(ignoreAbort)}
          columns={[
            {
              key: 'at',
              title: words.audit.at,
              width: '12rem',
              render: (row) => (
                <span className="number">{timeText(Date.parse(textOf(row['at'])), times)}</span>
              ),
            },
            {
              key: 'event',
              title: words.audit.event,
              width: '13rem',
              render: (row) => eventText(textOf(row['event'])),
            },
            {
              key: 'what',
              title: words.audit.what,
              width: 'minmax(12rem, 2fr)',
              render: (row) =>
                nameOf(row) ?? (
                  <span className="mono quiet-text">{textOf(row['document_id'] ?? '')}</span>
                ),
            },
            {
              key: 'who',
              title: words.audit.who,
              width: 'minmax(8rem, 1fr)',
              render: (row) => people(row['actor']),
            },
            {
              key: 'from',
              title: words.audit.from,
              width: '10rem',
              render: (row) => (
                <span className="mono">
                  {textOf(isObject(row['actor']) ? (row['actor']['remote'] ?? '—') : '—')}
                </span>
              ),
            },
          ]}
        />
      ) : state.loadedMs === 0 ? (
        state.error === undefined && <Loading text={words.loading} />
      ) : (
        <Empty title={words.audit.none} />
      )}
      {open !== undefined && (
        <Dialog
          title={eventText(textOf(open['event']))}
          size="large"
          onClose={() => setOpen(undefined)}
        >
          <Change row={open} />
        </Dialog>
      )}
    </section>
  );
}

const asItCame = (row: JsonObject): JsonObject => row;

function Change({ row }: { readonly row: JsonObject }) {
  const before = isObject(row['before']) ? row['before'] : {};
  const after = isObject(row['after']) ? row['after'] : {};
  const differences = differencesOf(before, before, after);
  return (
    <div className="stack">
      <p className="quiet-text mono">
        {textOf(row['noun'])} {textOf(row['document_id'])} · {words.audit.request}{' '}
        {textOf(row['request_id'])}
      </p>
      <table className="compare">
        <thead>
          <tr>
            <th scope="col">{words.conflict.field}</th>
            <th scope="col">{words.conflict.before}</th>
            <th scope="col">{words.audit.after}</th>
          </tr>
        </thead>
        <tbody>
          {differences.map(({ path, before: old, theirs }) => (
            <tr key={path}>
              <th scope="row" className="mono">
                {path}
              </th>
              <td className="mono">{old === undefined ? '—' : JSON.stringify(old)}</td>
              <td className="mono">{theirs === undefined ? '—' : JSON.stringify(theirs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function nameOf(row: JsonObject): string | undefined {
  for (const version of [row['after'], row['before']])
    for (const key of ['name', 'username'])
      if (isObject(version) && typeof version[key] === 'string') return version[key];
  return undefined;
}
