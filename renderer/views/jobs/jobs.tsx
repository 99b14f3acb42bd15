import { basePath } from '../../state/paths.ts';
import { fromGregorian, timeText, words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, Loading, Progress } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';
import { useStore } from '../../ui/use-store.ts';
import { listOf } from '../resources/dial-preview.tsx';
import { Failed } from '../failed.tsx';
import { go, useCanWrite, useQuery, useScene } from '../scene.ts';
import type { ViewProps } from '../view-props.ts';
import { JobDetail } from './job-detail.tsx';
import { doneOf, JobState, toJobRow } from './job-row.tsx';
import { NewJob } from './new-job.tsx';

/** `#/jobs`, `#/jobs/new`, `#/jobs/{id}` */
export function Jobs({ place: [id] }: ViewProps) {
  if (id === 'new') return <NewJob />;
  return id === undefined ? <JobList /> : <JobDetail key={id} id={id} />;
}

function JobList() {
  const { session, identity, preferences } = useScene();
  const canWrite = useCanWrite();
  const { times, density } = useStore(preferences);
  const path = `${basePath(identity, 'account')}/resources/jobs`;
  const { data, error, query } = useQuery(
    async () =>
      listOf((await session.client.request(path, { query: { page_size: 500 } })).data).map(
        toJobRow,
      ),
    path,
    ['job'],
  );
  return (
    <section className="view">
      <header className="toolbar">
        <h1>{words.jobs.title}</h1>
        <span className="grow" />
        {canWrite && (
          <Button look="main" onClick={() => go('jobs', 'new')}>
            {words.jobs.add}
          </Button>
        )}
      </header>
      <Failed error={error} onRetry={() => void query.reload()} />
      {data === undefined ? (
        error === undefined && <Loading text={words.loading} />
      ) : data.length === 0 ? (
        <Empty title={words.jobs.none}>
          <p>{words.jobs.noneHelp}</p>
        </Empty>
      ) : (
        <Table
          label={words.jobs.title}
          rows={data}
          rowHeight={density === 'compact' ? 30 : 40}
          keyOf={(job) => job.id}
          onOpen={(job) => go('jobs', job.id)}
          columns={[
            {
              key: 'name',
              title: words.jobs.name,
              width: 'minmax(9rem, 2fr)',
              render: (job) => (
                <span className="strong">{job.name === '' ? job.id : job.name}</span>
              ),
            },
            {
              key: 'state',
              title: words.jobs.state,
              width: 'minmax(8rem, 14rem)',
              render: (job) => <JobState job={job} />,
            },
            {
              key: 'progress',
              title: words.jobs.progress,
              width: '9rem',
              render: (job) => (
                <Progress label={words.jobs.progress} value={doneOf(job)} total={job.total} />
              ),
            },
            {
              key: 'added',
              title: words.jobs.succeeded,
              width: '6rem',
              align: 'end',
              render: (job) => <span className="number">{job.successes.toLocaleString('en')}</span>,
            },
            {
              key: 'failed',
              title: words.jobs.failed,
              width: '6rem',
              align: 'end',
              render: (job) => <span className="number">{job.failures.toLocaleString('en')}</span>,
            },
            {
              key: 'total',
              title: words.jobs.total,
              width: '6rem',
              align: 'end',
              render: (job) => <span className="number">{job.total.toLocaleString('en')}</span>,
            },
            {
              key: 'created',
              title: words.jobs.created,
              width: '10rem',
              render: (job) => (
                <span className="number">{timeText(fromGregorian(job.created), times)}</span>
              ),
            },
          ]}
        />
      )}
    </section>
  );
}
