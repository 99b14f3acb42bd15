import { textOf } from '../../../agent/client/index.ts';
import { agoText, words } from '../../text/words.ts';
import { Badge } from '../../ui/panel.tsx';
import { useQuery, useScene } from '../scene.ts';
import { loadAlarms, SEVERITY_TONES } from './alarm-rows.ts';

/** The alarms that stand, the worst first, in a line each. */
export function AlarmStrip() {
  const { session, timers } = useScene();
  const { data } = useQuery(() => loadAlarms(session.client, 'active'), 'strip', ['alarm']);
  if (data === undefined || data.length === 0) return null;
  return (
    <ul className="alarm-strip" aria-label={words.alarms.title}>
      {data.slice(0, 8).map((alarm) => (
        <li key={textOf(alarm['id'])}>
          <Badge tone={SEVERITY_TONES[textOf(alarm['severity'])] ?? 'warn'}>
            {textOf(alarm['severity'])}
          </Badge>
          <strong>{textOf(alarm['name'])}</strong>
          <span>{textOf(alarm['span'])}</span>
          <span className="quiet-text">{textOf(alarm['explanation'])}</span>
          <span className="quiet-text number end">
            {agoText((timers.nowMs() - Date.parse(textOf(alarm['raised_at']))) / 1000)}
          </span>
        </li>
      ))}
      {data.length > 8 && (
        <li>
          <a href="#/alarms">{words.alarms.more(data.length - 8)}</a>
        </li>
      )}
    </ul>
  );
}
