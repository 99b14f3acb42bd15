import { type JsonObject, textOf } from '../../../agent/client/index.ts';
import { agoText, words } from '../../text/words.ts';
import { Badge } from '../../ui/panel.tsx';
import { useQuery, useScene } from '../scene.ts';
import { useSeconds } from '../shell/status-line.tsx';
import { loadAlarms, SEVERITY_TONES } from './alarm-rows.ts';

/** The alarms that stand, on top of the shelf; nothing where there are none. */
export function AlarmStrip() {
  const { session, timers } = useScene();
  const { data } = useQuery(() => loadAlarms(session.client, 'active'), 'strip', ['alarm']);
  const nowMs = useSeconds(timers.nowMs);
  if (data === undefined || data.length === 0) return null;
  return (
    <div className="alarm-strip">
      <AlarmLines alarms={data} nowMs={nowMs} />
    </div>
  );
}

const MOST = 8;

/** A line each, the worst first. */
export function AlarmLines({
  alarms,
  nowMs,
}: {
  readonly alarms: readonly JsonObject[];
  readonly nowMs: number;
}) {
  return (
    <ul className="alarm-lines" aria-label={words.alarms.title}>
      {alarms.slice(0, MOST).map((alarm) => (
        <li key={textOf(alarm['id'])}>
          <Badge tone={SEVERITY_TONES[textOf(alarm['severity'])] ?? 'warn'}>
            {textOf(alarm['severity'])}
          </Badge>
          <strong>{textOf(alarm['name'])}</strong>
          <span>{textOf(alarm['span'])}</span>
          <span className="quiet-text">{textOf(alarm['explanation'])}</span>
          <span className="quiet-text number end">
            {agoText(Math.max(0, nowMs - Date.parse(textOf(alarm['raised_at']))) / 1000)}
          </span>
        </li>
      ))}
      {alarms.length > MOST && (
        <li>
          <a href="#/alarms">{words.alarms.more(alarms.length - MOST)}</a>
        </li>
      )}
    </ul>
  );
}
