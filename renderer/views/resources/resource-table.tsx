import { useCallback, useMemo, useRef, useState } from 'react';
import { basePath, type Scope } from '../../state/paths.ts';
import type { PagedState } from '../../state/paged-list.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Badge, Empty, Loading } from '../../ui/panel.tsx';
import { Table, type TableColumn } from '../../ui/table.tsx';
import { useStore } from '../../ui/use-store.ts';
import { Failed } from '../failed.tsx';
import { go, useCanWrite, useScene } from '../scene.ts';
import { BulkEdit } from './bulk-edit.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { exportResources } from './export.ts';
import { type ResourceRow, toResourceRow } from './resource-row.ts';
import { ScopeChoice } from './scope-choice.tsx';
import { ignoreAbort } from '../settled.ts';
import { usePagedList } from '../use-paged-list.ts';
import { ReorderDialog } from './reorder-dialog.tsx';

const ALL: readonly TableColumn<ResourceRow>[] = [
  {
    key: 'name',
    title: words.resources.column.name,
    width: 'minmax(14rem, 26rem)',
    isSortable: true,
    render: (row) => <span className="strong">{row.name}</span>,
  },
  {
    key: 'enabled',
    title: words.resources.column.enabled,
    width: '7rem',
    isSortable: true,
    render: (row) =>
      row.isEnabled ? (
        <Badge tone="good">{words.resources.on}</Badge>
      ) : (
        <Badge tone="mute">{words.resources.off}</Badge>
      ),
  },
  {
    key: 'weight_cost',
    title: words.resources.column.weight_cost,
    width: '6rem',
    isSortable: true,
    align: 'end',
    render: (row) => <span className="number">{row.weight ?? '—'}</span>,
  },
  {
    key: 'classifiers',
    title: words.resources.column.classifiers,
    width: 'minmax(8rem, 2fr)',
    render: (row) => row.classifiers,
  },
  {
    key: 'template_name',
    title: words.resources.column.template_name,
    width: 'minmax(6rem, 1fr)',
    render: (row) => row.template,
  },
  {
    key: 'id',
    title: words.resources.column.id,
    width: 'minmax(20rem, 1fr)',
    isSortable: true,
    render: (row) => <span className="mono quiet-text">{row.id}</span>,
  },
];

const DEFAULT_TABLE = { columns: ['name', 'enabled', 'weight_cost', 'id'], sort: 'weight_cost' };

export interface ResourceTableProps {
  readonly scope: Scope;
  readonly search: string;
  readonly onSearch: (search: string) => void;
}

export function ResourceTable({ scope, search, onSearch }: ResourceTableProps) {
  const scene = useScene();
  const { identity, preferences } = scene;
  const canWrite = useCanWrite();
  const settings = useStore(preferences);
  const table = settings.tables['resources'] ?? DEFAULT_TABLE;
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [dialog, setDialog] = useState<'bulk' | 'reorder' | 'import'>();
  const path = `${basePath(identity, scope)}/resources`;
  const { list, ...now } = usePagedList({
    path,
    query: { sort: table.sort, q: search === '' ? undefined : search },
    toRow: toResourceRow,
    topic: 'resource',
    everyMs: 500,
  });
  const state = useLastRows(now);
  const columns = useMemo(
    () => table.columns.flatMap((key) => ALL.find((column) => column.key === key) ?? []),
    [table.columns],
  );
  const setTable = (change: Partial<typeof table>): void =>
    preferences.update((now) => ({
      ...now,
      tables: { ...now.tables, resources: { ...table, ...change } },
    }));
  const onEnd = useCallback(() => void list.loadMore().catch(ignoreAbort), [list]);
  return (
    <section className="view">
      <header className="toolbar">
        <h1>{words.resources.title}</h1>
        <ScopeChoice scope={scope} onChange={(next) => go('resources', next)} />
        <input
          type="search"
          className="input search"
          placeholder={`${words.search}  /`}
          aria-label={words.search}
          value={search}
          onChange={(event) => onSearch(event.target.value)}
        />
        <span className="quiet-text number" role="status">
          {state.loadedMs > 0 && words.resources.count(state.rows.length, state.hasMore)}
        </span>
        <span className="grow" />
        {selected.size > 0 && (
          <>
            <span className="number">{words.resources.chosen(selected.size)}</span>
            {canWrite && (
              <Button onClick={() => setDialog('bulk')}>{words.resources.bulkEdit}</Button>
            )}
            <Button look="quiet" onClick={() => setSelected(new Set())}>
              {words.resources.clear}
            </Button>
          </>
        )}
        <Menu text={words.resources.more}>
          <fieldset>
            <legend>{words.resources.columns}</legend>
            {ALL.map((column) => (
              <label key={column.key} className="check">
                <input
                  type="checkbox"
                  checked={table.columns.includes(column.key)}
                  disabled={column.key === 'name'}
                  onChange={(event) =>
                    setTable({
                      columns: ALL.map(({ key }) => key).filter((key) =>
                        key === column.key ? event.target.checked : table.columns.includes(key),
                      ),
                    })
                  }
                />
                <span>{column.title}</span>
              </label>
            ))}
          </fieldset>
          <Button look="quiet" onClick={() => void exportResources(scene, path, 'csv')}>
            {words.exportCsv}
          </Button>
          <Button look="quiet" onClick={() => void exportResources(scene, path, 'json')}>
            {words.exportJson}
          </Button>
          {canWrite && (
            <>
              <Button look="quiet" onClick={() => setDialog('import')}>
                {words.resources.importText}
              </Button>
              <Button look="quiet" onClick={() => setDialog('reorder')}>
                {words.resources.reorder}
              </Button>
            </>
          )}
        </Menu>
        {canWrite && (
          <Button look="main" onClick={() => go('resources', scope, 'new')}>
            {words.resources.add}
          </Button>
        )}
      </header>
      <Failed error={state.error} onRetry={() => void list.reload().catch(ignoreAbort)} />
      {state.rows.length > 0 ? (
        <Table
          label={words.resources.title}
          rows={state.rows}
          columns={columns}
          rowHeight={settings.density === 'compact' ? 30 : 40}
          keyOf={(row) => row.id}
          sort={table.sort}
          onSort={(sort) => setTable({ sort })}
          onOpen={(row) => go('resources', scope, row.id)}
          {...(canWrite
            ? { selected, onSelect: setSelected, selectText: words.resources.select }
            : {})}
          onEnd={onEnd}
          onWholeEnd={() => list.loadAll().catch(ignoreAbort)}
          isMuted={(row) => !row.isEnabled}
        />
      ) : state.loadedMs === 0 ? (
        state.error === undefined && <Loading text={words.resources.reading} />
      ) : search !== '' ? (
        <Empty title={words.resources.noneFound} />
      ) : (
        <Empty title={words.resources.none}>
          <p>{words.resources.noneHelp}</p>
          {canWrite && (
            <Button look="main" onClick={() => go('resources', scope, 'new')}>
              {words.resources.add}
            </Button>
          )}
        </Empty>
      )}
      {dialog === 'bulk' && (
        <BulkEdit
          path={path}
          ids={[...selected]}
          onClose={(isDone) => {
            setDialog(undefined);
            if (isDone) setSelected(new Set());
          }}
        />
      )}
      {dialog === 'reorder' && <ReorderDialog path={path} onClose={() => setDialog(undefined)} />}
      {dialog === 'import' && <ImportDialog path={path} onClose={() => setDialog(undefined)} />}
    </section>
  );
}

/** Rows stay in sight while others are read, or cannot be. */
function useLastRows<Row>(state: PagedState<Row>): PagedState<Row> {
  const kept = useRef(state);
  if (state.loadedMs > 0) kept.current = state;
  return state.loadedMs > 0 ? state : { ...kept.current, error: state.error };
}
