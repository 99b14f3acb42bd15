import { useEffect, useState } from 'react';
import { ClientError, isObject, type JsonObject, textOf } from '../../../agent/client/index.ts';
import { rateOf, type Sample, withSample } from '../../state/job-progress.ts';
import { basePath } from '../../state/paths.ts';
import { fromGregorian, timeText, words } from '../../text/words.ts';
import { Button, Choice } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Badge, Loading, Progress } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';
import { useStore } from '../../ui/use-store.ts';
import { listOf } from '../resources/dial-preview.tsx';
import { Failed } from '../failed.tsx';
import { useCanWrite, useQuery, useScene } from '../scene.ts';
import { ignoreAbort } from '../settled.ts';
import { usePagedList } from '../use-paged-list.ts';
import { doneOf, type JobRow, JobState, rowQueryOf, toJobRow } from './job-row.tsx';

type Outcome = keyof typeof words.jobs.outcomes;
type Action = 'pause' | 'resume' | 'cancel' | 'retry_failed';

/** One job, live: how far it is, how fast, and what became of each number. */
export function JobDetail({ id }: { readonly id: string }) {
  const { session, identity, timers, preferences, toast, host } = useScene();
  const canWrite = useCanWrite();
  const { times } = useStore(preferences);
  const list = `${basePath(identity, 'account')}/resources/jobs`;
  const path = `${list}/${encodeURIComponent(id)}`;
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const { data, error, query } = useQuery(
    async () => {
      // The list has no numbers in it: cheap enough to be read twice a second.
      const rowQuery = rowQueryOf(id);
      const row =
        rowQuery &&
        listOf((await session.client.request(list, { query: rowQuery })).data).find(
          (item) => item['id'] === id,
        );
      if (row !== undefined) return toJobRow(row);
      const reply = await session.client.request(path);
      return toJobRow(isObject(reply.data) ? reply.data : {});
    },
    path,
    ['job'],
    500,
  );
  useEffect(() => {
    if (data === undefined) return;
    const sample = { atMs: timers.nowMs(), done: doneOf(data) };
    // A job that is held has no rate, and the pause is no part of it afterwards.
    setSamples((now) => (data.state === 'running' ? withSample(now, sample) : []));
  }, [data, timers]);
  const act = async (action: Action): Promise<void> => {
    try {
      await session.client.request(path, { method: 'PATCH', data: { action } });
      await query.reload();
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      toast('bad', `${words.errors[cause.kind]} ${cause.message}`);
    }
  };
  const saveCsv = async (): Promise<void> => {
    try {
      const text = await session.client.text(`${path}/results`, { query: { accept: 'csv' } });
      await host.saveFile(`${id}.csv`, 'text/csv', text);
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      toast('bad', words.errors[cause.kind]);
    }
  };
  return (
    <section className="view">
      <header className="toolbar">
        <a className="crumb" href="#/jobs">
          {words.jobs.title}
        </a>
        <span aria-hidden="true" className="quiet-text">
          /
        </span>
        <h1 className="clip">{data === undefined || data.name === '' ? id : data.name}</h1>
        {data !== undefined && <JobState job={data} />}
        <span className="grow" />
        {data !== undefined && canWrite && (
          <Actions job={data} onAct={(action) => void act(action)} />
        )}
        <Button look="quiet" onClick={() => void saveCsv()}>
          {words.jobs.csv}
        </Button>
      </header>
      <Failed error={error} onRetry={() => void query.reload()} />
      {data === undefined ? (
        error === undefined && <Loading text={words.loading} />
      ) : (
        <>
          <Facts
            job={data}
            samples={samples}
            created={timeText(fromGregorian(data.created), times)}
          />
          <Results path={path} />
        </>
      )}
    </section>
  );
}

function Actions({
  job,
  onAct,
}: {
  readonly job: JobRow;
  readonly onAct: (action: Action) => void;
}) {
  const [cancelling, setCancelling] = useState(false);
  if (job.isComplete)
    return job.failures > 0 && job.state !== 'cancelled' ? (
      <Button onClick={() => onAct('retry_failed')}>{words.jobs.retryFailed}</Button>
    ) : null;
  const isHeld = job.state !== 'running' && job.state !== 'pending';
  return (
    <>
      {isHeld ? (
        <Button onClick={() => onAct('resume')}>{words.jobs.resume}</Button>
      ) : (
        <Button onClick={() => onAct('pause')}>{words.jobs.pause}</Button>
      )}
      <Button onClick={() => setCancelling(true)}>{words.jobs.cancel}</Button>
      {cancelling && (
        <CancelDialog
          job={job}
          onCancel={() => {
            setCancelling(false);
            onAct('cancel');
          }}
          onClose={() => setCancelling(false)}
        />
      )}
    </>
  );
}

/** A cancelled job cannot go on, so a person is asked first. */
function CancelDialog({
  job,
  onCancel,
  onClose,
}: {
  readonly job: JobRow;
  readonly onCancel: () => void;
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      title={words.jobs.cancelTitle}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{words.jobs.keep}</Button>
          <Button look="danger" onClick={onCancel}>
            {words.jobs.cancel}
          </Button>
        </>
      }
    >
      <p>{words.jobs.cancelHelp(doneOf(job), job.total)}</p>
    </Dialog>
  );
}

function Facts({
  job,
  samples,
  created,
}: {
  readonly job: JobRow;
  readonly samples: readonly Sample[];
  readonly created: string;
}) {
  const { left } = job;
  const rate = rateOf(samples, left);
  const facts: readonly (readonly [string, number])[] = [
    [words.jobs.succeeded, job.successes],
    [words.jobs.failed, job.failures],
    [words.jobs.skipped, job.skipped],
    [words.jobs.left, left],
    [words.jobs.total, job.total],
  ];
  return (
    <div className="facts-block">
      <Progress label={words.jobs.progress} value={doneOf(job)} total={job.total} />
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="number">{value.toLocaleString('en')}</dd>
          </div>
        ))}
        <div>
          <dt>{words.jobs.created}</dt>
          <dd className="number">{created}</dd>
        </div>
      </dl>
      {rate !== undefined && left > 0 && (
        <p className="quiet-text number">
          {words.jobs.rate(rate.perSecond)}, {words.jobs.timeLeft(rate.leftS)}
        </p>
      )}
    </div>
  );
}

function Results({ path }: { readonly path: string }) {
  const { preferences } = useScene();
  const { density } = useStore(preferences);
  const [outcome, setOutcome] = useState<Outcome | 'all'>('all');
  const { list, rows, error } = usePagedList({
    path: `${path}/results`,
    query: { status: outcome === 'all' ? undefined : outcome },
    toRow: toResult,
    topic: 'job',
    everyMs: 1500,
  });
  return (
    <>
      <div className="toolbar">
        <h2>{words.jobs.results}</h2>
        <Choice
          label={words.jobs.outcome}
          value={outcome}
          options={[
            ['all', words.jobs.all],
            ['success', words.jobs.outcomes.success],
            ['error', words.jobs.outcomes.error],
            ['skipped', words.jobs.outcomes.skipped],
            ['pending', words.jobs.outcomes.pending],
          ]}
          onChange={(next) => setOutcome(next)}
        />
      </div>
      <Failed error={error} onRetry={() => void list.reload()} />
      <Table
        label={words.jobs.results}
        rows={rows}
        rowHeight={density === 'compact' ? 28 : 38}
        keyOf={(row) => row.key}
        onEnd={() => void list.loadMore().catch(ignoreAbort)}
        onWholeEnd={() => list.loadAll().catch(ignoreAbort)}
        columns={[
          {
            key: 'number',
            title: words.jobs.number,
            width: 'minmax(10rem, 1fr)',
            render: (row) => <span className="mono">{row.typed}</span>,
          },
          {
            key: 'normalized',
            title: words.jobs.normalized,
            width: 'minmax(10rem, 1fr)',
            render: (row) => <span className="mono">{row.normalized}</span>,
          },
          {
            key: 'outcome',
            title: words.jobs.outcome,
            width: '8rem',
            render: (row) => (
              <Badge
                tone={row.outcome === 'success' ? 'good' : row.outcome === 'error' ? 'bad' : 'mute'}
              >
                {words.jobs.outcomes[row.outcome]}
              </Badge>
            ),
          },
          {
            key: 'reason',
            title: words.jobs.reason,
            width: 'minmax(10rem, 2fr)',
            render: (row) => row.reason,
          },
        ]}
      />
    </>
  );
}

function toResult(row: JsonObject, place: number) {
  const error = isObject(row['error']) ? row['error'] : {};
  const status = textOf(row['status']);
  const reason = textOf(error['reason'] ?? error['error']);
  return {
    key: String(place),
    typed: textOf(row['number']),
    normalized: textOf(row['normalized']),
    outcome: status in words.jobs.outcomes ? (status as Outcome) : 'pending',
    reason: textOf(error['message'] ?? words.jobs.reasons[reason] ?? reason),
  };
}
