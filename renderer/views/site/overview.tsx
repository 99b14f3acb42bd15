import { ClientError, isObject, textOf } from '../../../agent/client/index.ts';
import { withoutSecrets } from '../../state/document.ts';
import { basePath } from '../../state/paths.ts';
import { agoText, words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Badge, Problem, Progress } from '../../ui/panel.tsx';
import { useStore } from '../../ui/use-store.ts';
import { doneOf, JobState, toJobRow } from '../jobs/job-row.tsx';
import { listOf } from '../resources/dial-preview.tsx';
import { problemText, useQuery, useScene } from '../scene.ts';
import { useSeconds } from '../shell/status-line.tsx';
import { loadAlarms, SEVERITY_TONES } from '../spans/alarm-rows.ts';
import { useState } from 'react';

/** The site at a glance: health, alarms by severity, jobs that run, and how old all that is. */
export function Overview() {
  const { session, identity, timers } = useScene();
  const nowMs = useSeconds(timers.nowMs);
  const { state: link } = useStore(session.liveness);
  const [isBundleOpen, setBundleOpen] = useState(false);
  const health = useQuery(() => session.client.text('/healthz'), 'health', [], 1000);
  const alarms = useQuery(() => loadAlarms(session.client, 'active'), 'alarms', ['alarm']);
  const jobs = useQuery(
    async () =>
      listOf(
        (
          await session.client.request(`${basePath(identity, 'account')}/resources/jobs`, {
            query: { page_size: 50 },
          })
        ).data,
      ).map(toJobRow),
    'jobs',
    ['job'],
    800,
  );
  const running = (jobs.data ?? []).filter((job) => !job.isComplete);
  const problem = alarms.error ?? jobs.error;
  const age = (loadedMs: number): string =>
    loadedMs === 0 ? '' : words.site.asOf(agoText(Math.max(0, nowMs - loadedMs) / 1000));
  const isOld = link.kind === 'waiting';
  return (
    <section className={`view${isOld ? ' old' : ''}`}>
      <header className="toolbar">
        <h1>{words.site.title}</h1>
        <span className="quiet-text">{session.site.address}</span>
        <span className="grow" />
        <Button look="quiet" onClick={() => setBundleOpen(true)}>
          {words.site.diagnostics}
        </Button>
      </header>
      {problem !== undefined && (
        <Problem
          {...problemText(problem)}
          retryText={words.retry}
          onRetry={() => {
            void alarms.query.reload();
            void jobs.query.reload();
          }}
        />
      )}
      <div className="pad scroll tiles">
        <div className="tile">
          <h2>{words.site.health}</h2>
          {health.data !== undefined && !isOld ? (
            <Badge tone="good">{words.site.answers}</Badge>
          ) : (
            <Badge tone="bad">{words.site.noAnswer}</Badge>
          )}
          <p className="quiet-text">{age(session.liveness.get().aliveMs)}</p>
        </div>
        <div className="tile">
          <h2>{words.alarms.title}</h2>
          {alarms.data === undefined && <p className="quiet-text">{words.site.notKnown}</p>}
          {alarms.data?.length === 0 && <Badge tone="good">{words.alarms.none}</Badge>}
          {['critical', 'major', 'minor', 'warning'].map((severity) => {
            const count = (alarms.data ?? []).filter((row) => row['severity'] === severity).length;
            return count === 0 ? null : (
              <p key={severity}>
                <Badge tone={SEVERITY_TONES[severity] ?? 'warn'}>
                  {count} {severity}
                </Badge>
              </p>
            );
          })}
          <p className="quiet-text">{age(alarms.loadedMs)}</p>
          <a href="#/alarms">{words.site.all}</a>
        </div>
        <div className="tile wide">
          <h2>{words.site.running}</h2>
          {running.length === 0 && (
            <p className="quiet-text">
              {jobs.data === undefined ? words.site.notKnown : words.site.noJobs}
            </p>
          )}
          {running.slice(0, 6).map((job) => (
            <div key={job.id} className="stack">
              <div className="row">
                <a href={`#/jobs/${encodeURIComponent(job.id)}`}>
                  {job.name === '' ? job.id : job.name}
                </a>
                <JobState job={job} />
              </div>
              <Progress label={words.jobs.progress} value={doneOf(job)} total={job.total} />
            </div>
          ))}
          <p className="quiet-text">{age(jobs.loadedMs)}</p>
          <a href="#/jobs">{words.site.all}</a>
        </div>
      </div>
      {isBundleOpen && <DiagnosticsDialog onClose={() => setBundleOpen(false)} />}
    </section>
  );
}

/** What a bundle holds, listed before it is saved; secrets are taken out. */
function DiagnosticsDialog({ onClose }: { readonly onClose: () => void }) {
  const { session, identity, host, timers, toast } = useScene();
  const base = basePath(identity, 'account');
  const sources: readonly (readonly [string, string])[] = [
    ['health', '/healthz'],
    ['alarms', '/v2/alarms?page_size=500'],
    ['jobs', `${base}/resources/jobs?page_size=200`],
    ['resources', `${base}/resources?page_size=1000`],
    ...(identity.isMaster
      ? ([
          ['spans', '/v2/spans?page_size=500'],
          ['gear', '/v2/gear?page_size=500'],
          ['audit', '/v2/audit?page_size=200'],
          ['metrics', '/metrics'],
        ] as const)
      : []),
  ];
  const save = async (): Promise<void> => {
    const parts: Record<string, unknown> = {
      made_at: new Date(timers.nowMs()).toISOString(),
      site: session.site.address,
    };
    for (const [name, path] of sources) {
      try {
        const text = await session.client.text(path);
        parts[name] = redact(text);
      } catch (cause) {
        if (!(cause instanceof ClientError)) throw cause;
        parts[name] = { failed: cause.kind, message: cause.message };
      }
    }
    await host.saveFile(
      'craftport-diagnostics.json',
      'application/json',
      JSON.stringify(parts, null, 2),
    );
    toast('good', words.site.saved);
    onClose();
  };
  return (
    <Dialog
      title={words.site.diagnostics}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button look="main" onClick={() => void save()}>
            {words.site.save}
          </Button>
        </>
      }
    >
      <p>{words.site.bundleHelp}</p>
      <ul className="reasons">
        {sources.map(([name, path]) => (
          <li key={name}>
            {name} <span className="mono quiet-text">{path}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function redact(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? withoutSecrets(value['data'] ?? value) : textOf(value);
  } catch {
    return text;
  }
}
