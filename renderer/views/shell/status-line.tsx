import { useEffect, useState } from 'react';
import type { Preferences } from '../../state/preferences.ts';
import { timeText, words } from '../../text/words.ts';
import { Badge } from '../../ui/panel.tsx';
import { useStore } from '../../ui/use-store.ts';
import { useScene } from '../scene.ts';

/** How the agent is reached, and how old what is shown may be. Always in sight. */
export function StatusLine() {
  const { session, preferences, timers, identity } = useScene();
  const { state, aliveMs, retryAtMs } = useStore(session.liveness);
  const nowMs = useSeconds(timers.nowMs);
  const settings = useStore(preferences);
  const ageS = Math.max(0, (nowMs - aliveMs) / 1000);
  return (
    <footer className={`status-line${state.kind === 'waiting' ? ' away' : ''}`} aria-label="Status">
      {state.kind === 'live' && <Badge tone="good">{words.shell.live}</Badge>}
      {state.kind === 'connecting' && <Badge tone="info">{words.shell.connecting}</Badge>}
      {state.kind === 'waiting' && (
        <>
          <Badge tone="bad">
            {words.shell.waiting(Math.max(0, Math.ceil(((retryAtMs ?? nowMs) - nowMs) / 1000)))}
          </Badge>
          <button type="button" className="button quiet" onClick={() => session.retry()}>
            {words.retry}
          </button>
          <span>{words.shell.offlineNote}</span>
        </>
      )}
      {aliveMs > 0 && (
        <span className="quiet-text">
          {state.kind === 'live' && ageS < 45 ? words.shell.asOfNow : words.shell.heard(ageS)}
        </span>
      )}
      <span className="grow" />
      <AccessNote settings={settings} canWrite={identity.canWrite} />
      <span className="quiet-text">{identity.accountName}</span>
      <time className="quiet-text number">{timeText(nowMs, settings.times)}</time>
    </footer>
  );
}

function AccessNote({
  settings,
  canWrite,
}: {
  readonly settings: Preferences;
  readonly canWrite: boolean;
}) {
  if (!canWrite) return <Badge tone="warn">{words.shell.readOnlyRole}</Badge>;
  return settings.isReadOnly ? <Badge tone="warn">{words.shell.readOnlyOn}</Badge> : null;
}

/** The time, each second. */
export function useSeconds(nowMs: () => number): number {
  const [now, setNow] = useState(nowMs);
  useEffect(() => {
    const timer = setInterval(() => setNow(nowMs()), 1000);
    return () => clearInterval(timer);
  }, [nowMs]);
  return now;
}
