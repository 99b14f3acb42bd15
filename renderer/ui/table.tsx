// A table of any length: only the rows in sight exist. One stop for the Tab key; arrows, page
// keys, Home and End move, Enter opens, Space selects.

import {
  type KeyboardEvent,
  memo,
  type ReactNode,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { useWindow } from './use-window.ts';

export interface TableColumn<Row> {
  readonly key: string;
  readonly title: string;
  /** A CSS grid track: `minmax(12rem, 2fr)`. */
  readonly width: string;
  readonly isSortable?: boolean;
  readonly align?: 'end' | undefined;
  readonly render: (row: Row) => ReactNode;
}

export interface TableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly TableColumn<Row>[];
  readonly rowHeight: number;
  readonly keyOf: (row: Row) => string;
  /** `-name` descends. */
  readonly sort?: string | undefined;
  onSort?: (sort: string) => void;
  onOpen?: (row: Row) => void;
  /** Other keys that do something with the row that is active: `t`. */
  readonly rowKeys?: Readonly<Record<string, (row: Row) => void>>;
  readonly selected?: ReadonlySet<string>;
  onSelect?: (selected: ReadonlySet<string>) => void;
  readonly selectText?: string;
  /** The end of what is loaded comes into sight. */
  onEnd?: () => void;
  /** The person jumps to the end. */
  onWholeEnd?: () => Promise<void>;
  isMuted?: (row: Row) => boolean;
}

/** Rows before the end of what is there at which more is asked for: a fast wheel is not stopped. */
const AHEAD = 400;

export function Table<Row>(props: TableProps<Row>) {
  const { rows, columns, rowHeight, keyOf, selected, onSelect } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const id = useId();
  const { first, end, reveal } = useWindow(scroller, rows.length, rowHeight);
  const last = end - 1;
  const { onEnd } = props;
  useEffect(() => {
    if (last >= rows.length - AHEAD) onEnd?.();
  }, [last, rows.length, onEnd]);

  const current = Math.min(active, Math.max(0, rows.length - 1));
  const moveTo = (index: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setActive(next);
    reveal(next);
  };
  const toggle = (row: Row): void => {
    if (selected === undefined) return;
    const next = new Set(selected);
    if (!next.delete(keyOf(row))) next.add(keyOf(row));
    onSelect?.(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== scroller.current) return;
    const row = rows[current];
    const page = Math.max(1, Math.floor(scroller.current.clientHeight / rowHeight) - 2);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: current + 1,
      j: current + 1,
      ArrowUp: current - 1,
      k: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
    };
    const move = event.ctrlKey || event.metaKey || event.altKey ? undefined : moves[event.key];
    if (move !== undefined) moveTo(move);
    else if (event.key === 'End') {
      void (props.onWholeEnd?.() ?? Promise.resolve()).then(() => {
        setActive(Number.MAX_SAFE_INTEGER);
        // The rows that were read meanwhile have made the table longer by the next frame.
        requestAnimationFrame(() => {
          if (scroller.current !== null) scroller.current.scrollTop = scroller.current.scrollHeight;
        });
      });
    } else if (event.key === 'Enter' && row !== undefined) props.onOpen?.(row);
    else if (event.key === ' ' && row !== undefined) toggle(row);
    else if (row !== undefined && isPlainKey(event) && props.rowKeys?.[event.key] !== undefined)
      props.rowKeys[event.key]?.(row);
    else return;
    event.preventDefault();
  };

  // The same object for ever, so that rows that stay are not drawn again while others come.
  const latest = useRef<RowActs<Row>>({ open: () => {}, toggle: () => {} });
  latest.current = {
    open: (row, index) => {
      setActive(index);
      props.onOpen?.(row);
    },
    toggle,
  };
  const [acts] = useState<RowActs<Row>>(() => ({
    open: (row, index) => latest.current.open(row, index),
    toggle: (row) => latest.current.toggle(row),
  }));

  const tracks = [
    ...(onSelect === undefined ? [] : ['2rem']),
    ...columns.map((column) => column.width),
  ].join(' ');
  return (
    <div
      className="table"
      role="grid"
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
      aria-multiselectable={onSelect !== undefined || undefined}
      ref={scroller}
      tabIndex={0}
      aria-activedescendant={rows.length === 0 ? undefined : `${id}-${String(current)}`}
      onKeyDown={onKeyDown}
      style={{ '--tracks': tracks, '--row': `${String(rowHeight)}px` } as Record<string, string>}
    >
      <div role="rowgroup" className="table-head">
        <div role="row" className="table-row">
          {onSelect !== undefined && (
            <div role="columnheader" className="cell">
              <input
                type="checkbox"
                aria-label={props.selectText}
                tabIndex={-1}
                checked={rows.length > 0 && selected?.size === rows.length}
                onChange={(event) => onSelect(new Set(event.target.checked ? rows.map(keyOf) : []))}
              />
            </div>
          )}
          {columns.map((column) => (
            <HeadCell key={column.key} column={column} sort={props.sort} onSort={props.onSort} />
          ))}
        </div>
      </div>
      <div
        role="rowgroup"
        className="table-body"
        style={{ height: `${String(rows.length * rowHeight)}px` }}
      >
        {rows.slice(first, end).map((row, at) => {
          const index = first + at;
          const key = keyOf(row);
          return (
            <TableRow
              key={key}
              id={`${id}-${String(index)}`}
              row={row}
              columns={columns}
              index={index}
              top={index * rowHeight}
              isActive={index === current}
              isMuted={props.isMuted?.(row) === true}
              isSelected={onSelect === undefined ? undefined : (selected?.has(key) ?? false)}
              selectText={props.selectText}
              acts={acts}
            />
          );
        })}
      </div>
    </div>
  );
}

interface RowActs<Row> {
  readonly open: (row: Row, index: number) => void;
  readonly toggle: (row: Row) => void;
}

interface TableRowProps<Row> {
  readonly id: string;
  readonly row: Row;
  readonly columns: readonly TableColumn<Row>[];
  readonly index: number;
  readonly top: number;
  readonly isActive: boolean;
  readonly isMuted: boolean;
  /** undefined: rows are not selected. */
  readonly isSelected: boolean | undefined;
  readonly selectText: string | undefined;
  readonly acts: RowActs<Row>;
}

const TableRow = memo(function TableRow<Row>(props: TableRowProps<Row>) {
  const { row, columns, index, isSelected, acts } = props;
  return (
    <div
      role="row"
      id={props.id}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className={`table-row body${props.isActive ? ' active' : ''}${props.isMuted ? ' muted' : ''}`}
      style={{ transform: `translateY(${String(props.top)}px)` }}
      onClick={() => acts.open(row, index)}
    >
      {isSelected !== undefined && (
        <div role="gridcell" className="cell" onClick={(event) => event.stopPropagation()}>
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={props.selectText}
            checked={isSelected}
            onChange={() => acts.toggle(row)}
          />
        </div>
      )}
      {columns.map((column) => (
        <div
          key={column.key}
          role="gridcell"
          className={`cell${column.align === 'end' ? ' end' : ''}`}
        >
          {column.render(row)}
        </div>
      ))}
    </div>
  );
}) as <Row>(props: TableRowProps<Row>) => ReactNode;

function isPlainKey(event: KeyboardEvent): boolean {
  return !event.ctrlKey && !event.metaKey && !event.altKey;
}

function HeadCell<Row>({
  column,
  sort,
  onSort,
}: {
  readonly column: TableColumn<Row>;
  readonly sort: string | undefined;
  readonly onSort: ((sort: string) => void) | undefined;
}) {
  const direction =
    sort === column.key ? 'ascending' : sort === `-${column.key}` ? 'descending' : undefined;
  return (
    <div
      role="columnheader"
      className={`cell${column.align === 'end' ? ' end' : ''}`}
      aria-sort={column.isSortable === true ? (direction ?? 'none') : undefined}
    >
      {column.isSortable === true && onSort !== undefined ? (
        <button
          type="button"
          className="sort"
          onClick={() => onSort(direction === 'ascending' ? `-${column.key}` : column.key)}
        >
          {column.title}
          <span aria-hidden="true">
            {direction === undefined ? '' : direction === 'ascending' ? ' ↑' : ' ↓'}
          </span>
        </button>
      ) : (
        column.title
      )}
    </div>
  );
}
