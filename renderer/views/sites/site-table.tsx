import type { Site } from '../../host/host.ts';
import type { SiteRow } from '../../state/site-rows.ts';
import { words } from '../../text/words.ts';
import { Table } from '../../ui/table.tsx';
import {
  Age,
  AlarmCounts,
  GearCount,
  JobCounts,
  StateCell,
  Swatch,
  VersionCell,
} from './site-cells.tsx';

export function SiteTable({
  rows,
  nowMs,
  sort,
  rowHeight,
  onSort,
  onOpen,
  onDetails,
  onTry,
}: {
  readonly rows: readonly SiteRow[];
  readonly nowMs: number;
  readonly sort: string;
  readonly rowHeight: number;
  readonly onSort: (sort: string) => void;
  readonly onOpen: (site: Site) => void;
  readonly onDetails: (site: Site) => void;
  readonly onTry: (site: Site) => void;
}) {
  return (
    <Table
      label={words.sites.title}
      rows={rows}
      rowHeight={rowHeight}
      keyOf={({ site }) => site.id}
      sort={sort}
      onSort={onSort}
      onOpen={({ site }) => onOpen(site)}
      rowKeys={{ e: ({ site }) => onDetails(site), t: ({ site }) => onTry(site) }}
      isMuted={({ isFresh }) => !isFresh}
      columns={[
        {
          key: 'name',
          title: words.sites.name,
          width: 'minmax(8rem, 1.4fr)',
          isSortable: true,
          render: ({ site }) => (
            <span title={site.notes}>
              <Swatch colour={site.colour} />{' '}
              {/* The row opens it; the button says so to who cannot see that. */}
              <button type="button" className="name-button strong" tabIndex={-1}>
                {site.name}
              </button>
            </span>
          ),
        },
        {
          key: 'group',
          title: words.sites.group,
          width: 'minmax(5rem, 0.7fr)',
          isSortable: true,
          render: ({ site }) => <span className="quiet-text">{site.group ?? ''}</span>,
        },
        {
          key: 'level',
          title: words.sites.health,
          width: 'minmax(23rem, 2.2fr)',
          isSortable: true,
          render: (row) => <StateCell row={row} nowMs={nowMs} onTry={() => onTry(row.site)} />,
        },
        {
          key: 'alarms',
          title: words.sites.alarms,
          width: 'minmax(10rem, 1.4fr)',
          isSortable: true,
          render: (row) => <AlarmCounts row={row} />,
        },
        {
          key: 'jobs',
          title: words.sites.jobs,
          width: '5.5rem',
          isSortable: true,
          render: (row) => <JobCounts row={row} />,
        },
        {
          key: 'gear',
          title: words.sites.gear,
          width: '5rem',
          render: (row) => <GearCount row={row} />,
        },
        {
          key: 'age',
          title: words.sites.age,
          width: '5.5rem',
          isSortable: true,
          render: (row) => <Age row={row} nowMs={nowMs} />,
        },
        {
          key: 'version',
          title: words.sites.version,
          width: '7rem',
          isSortable: true,
          render: (row) => <VersionCell row={row} />,
        },
        {
          key: 'more',
          title: words.sites.more,
          width: '2.5rem',
          render: ({ site }) => (
            <button
              type="button"
              className="button quiet small"
              tabIndex={-1}
              aria-label={words.sites.detailsOf(site.name)}
              onClick={(event) => {
                event.stopPropagation();
                onDetails(site);
              }}
            >
              ⋯
            </button>
          ),
        },
      ]}
    />
  );
}
