import { useEffect, useState } from 'react';
import { basePath } from '../../state/paths.ts';
import { ALARM_SEVERITIES, clockSkewS, siteFactsOf } from '../../state/site-facts.ts';
import { agoText, words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Badge, Progress } from '../../ui/panel.tsx';
import { useStore } from '../../ui/use-store.ts';
import { doneOf, JobState, toJobRow } from '../jobs/job-row.tsx';
import { listOf } from '../resources/dial-preview.tsx';
import { Failed } from '../failed.tsx';
import { useQuery, useScene } from '../scene.ts';
import { useSeconds } from '../shell/status-line.tsx';
import { AlarmLines } from '../spans/alarm-strip.tsx';
import { loadAlarms } from '../spans/alarm-rows.ts';
import { DiagnosticsDialog } from './diagnostics.tsx';
import { AgentFacts, AlarmFacts, Card, GearFacts, SpanFacts } from './site-cards.tsx';

/** Sizes, and the clock: nothing tells of them, so they are asked for. */
const EVERY_MS = 30_000;
/** What is younger is live. */
const LIVE_S = 45;

/** The site at a glance: the agent, alarms by severity, jobs, gear, spans, and how old that is. */
export function Overview() {
  const { session, identity, timers, preferences } = useScene();
  const { times } = useStore(preferences);
  const nowMs = useSeconds(timers.nowMs);
  const { state: link, aliveMs } = useStore(session.liveness);
  const [isBundleOpen, setBundleOpen] = useState(false);
  const site = useQuery(
    async () => {
      const askedMs = timers.nowMs();
      const { data } = await session.client.request('/v2/site');
      const facts = siteFactsOf(data);
      return { facts, skewS: clockSkewS(facts, askedMs, timers.nowMs()) };
    },
    'site',
    ['alarm', 'job', 'gear', 'span'],
    2000,
  );
  const { query } = site;
  useEffect(() => {
    let cancel = (): void => undefined;
    const later = (): void => {
      cancel = timers.wait(EVERY_MS, () => void query.reload().finally(later));
    };
    later();
    return () => cancel();
  }, [query, timers]);
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
  const isOlder = site.error?.kind === 'missing';
  const problem = (isOlder ? undefined : site.error) ?? alarms.error ?? jobs.error;
  const isAway = link.kind === 'waiting';
  /** Nothing while it is live: events bring what changes. */
  const ageOf = ({ loadedMs, error }: { loadedMs: number; error: unknown }): string => {
    const ageS = Math.max(0, nowMs - loadedMs) / 1000;
    const isLive = !isAway && (error === undefined || ageS < LIVE_S);
    return loadedMs === 0 || isLive ? '' : words.site.asOf(agoText(ageS));
  };
  const facts = site.data?.facts ?? siteFactsOf(undefined);
  const { startedMs, atMs } = facts;
  const standing = alarms.data;
  return (
    <section className={`view${isAway ? ' old' : ''}`}>
      <header className="toolbar">
        <h1>{words.site.title}</h1>
        {isAway ? (
          <Badge tone="bad">{words.site.noAnswer}</Badge>
        ) : (
          aliveMs > 0 && <Badge tone="good">{words.site.answers}</Badge>
        )}
        <span className="grow" />
        <Button look="quiet" onClick={() => setBundleOpen(true)}>
          {words.site.diagnostics}
        </Button>
      </header>
      <Failed
        error={problem}
        onRetry={() => {
          for (const each of [site, alarms, jobs]) void each.query.reload();
        }}
      />
      {isOlder && <p className="note strip">{words.site.older}</p>}
      <div
        className="pad scroll site-page"
        tabIndex={0}
        role="region"
        aria-label={words.site.title}
      >
        <div className="tiles">
          <Card title={words.site.health} age={ageOf(site)} isWide>
            <AgentFacts
              facts={facts}
              address={session.site.address}
              skewS={site.data?.skewS}
              uptimeS={
                startedMs === undefined || atMs === undefined
                  ? undefined
                  : (atMs - startedMs + Math.max(0, nowMs - site.loadedMs)) / 1000
              }
              times={times}
            />
          </Card>
          <Card title={words.alarms.title} href="#/alarms" age={ageOf(site)}>
            <AlarmFacts
              alarms={
                facts.alarms ??
                (standing === undefined
                  ? undefined
                  : {
                      ...countSeverities(standing.map((alarm) => alarm['severity'])),
                      unacknowledged: standing.filter((each) => each['acknowledged'] !== true)
                        .length,
                    })
              }
            />
          </Card>
          {identity.isMaster && (
            <>
              <Card title={words.gear.title} href="#/gear" age={ageOf(site)}>
                <GearFacts gear={facts.gear} />
              </Card>
              <Card title={words.spans.title} href="#/spans" age={ageOf(site)}>
                <SpanFacts facts={facts} />
              </Card>
            </>
          )}
        </div>
        <Card title={words.site.standing} href="#/alarms" age={ageOf(alarms)}>
          {standing === undefined ? (
            <p className="quiet-text">{words.site.notKnown}</p>
          ) : standing.length === 0 ? (
            <Badge tone="good">{words.alarms.none}</Badge>
          ) : (
            <AlarmLines alarms={standing} nowMs={nowMs} />
          )}
        </Card>
        <Card title={words.site.running} href="#/jobs" age={ageOf(jobs)}>
          {running.length === 0 ? (
            <p className="quiet-text">
              {jobs.data === undefined ? words.site.notKnown : words.site.noJobs}
            </p>
          ) : (
            facts.jobs !== undefined && (
              <p className="quiet-text number">
                {words.running(facts.jobs.running ?? 0)}, {words.paused(facts.jobs.paused ?? 0)}
              </p>
            )
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
        </Card>
      </div>
      {isBundleOpen && <DiagnosticsDialog onClose={() => setBundleOpen(false)} />}
    </section>
  );
}

type Severity = (typeof ALARM_SEVERITIES)[number];

function countSeverities(severities: readonly unknown[]): Readonly<Record<Severity, number>> {
  return Object.fromEntries(
    ALARM_SEVERITIES.map((each) => [each, severities.filter((one) => one === each).length]),
  ) as Record<Severity, number>;
}
