import type { Site } from '../../host/host.ts';
import type { SiteRow } from '../../state/site-rows.ts';
import { siteWords } from '../../text/sites.ts';
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
      label={siteWords.title}
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
          title: siteWords.name,
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
          title: siteWords.group,
          width: 'minmax(5rem, 0.7fr)',
          isSortable: true,
          render: ({ site }) => <span className="quiet-text">{site.group ?? ''}</span>,
        },
        {
          key: 'level',
          title: siteWords.health,
          width: 'minmax(23rem, 2.2fr)',
          isSortable: true,
          render: (row) => <StateCell row={row} nowMs={nowMs} onTry={() => onTry(row.site)} />,
        },
        {
          key: 'alarms',
          title: siteWords.alarms,
          width: 'minmax(10rem, 1.4fr)',
          isSortable: true,
          render: (row) => <AlarmCounts row={row} />,
        },
        {
          key: 'jobs',
          title: siteWords.jobs,
          width: '5.5rem',
          isSortable: true,
          render: (row) => <JobCounts row={row} />,
        },
        {
          key: 'gear',
          title: siteWords.gear,
          width: '5rem',
          render: (row) => <GearCount row={row} />,
        },
        {
          key: 'age',
          title: siteWords.age,
          width: '5.5rem',
          isSortable: true,
          render: (row) => <Age row={row} nowMs={nowMs} />,
        },
        {
          key: 'version',
          title: siteWords.version,
          width: '7rem',
          isSortable: true,
          render: (row) => <VersionCell row={row} />,
        },
        {
          key: 'more',
          title: siteWords.more,
          width: '2.5rem',
          render: ({ site }) => (
            <button
              type="button"
              className="button quiet small"
              tabIndex={-1}
              aria-label={siteWords.detailsOf(site.name)}
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
