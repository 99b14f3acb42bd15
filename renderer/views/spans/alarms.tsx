import { useMemo, useState } from 'react';
import { ClientError, isObject, type JsonObject, textOf } from '../../../agent/client/index.ts';
import { agoText, timeText, words } from '../../text/words.ts';
import { Button, Choice } from '../../ui/button.tsx';
import { Chips } from '../../ui/chips.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Badge, Empty, Loading } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';
import { useStore } from '../../ui/use-store.ts';
import { Failed } from '../failed.tsx';
import { useCanWrite, useQuery, useScene } from '../scene.ts';
import { useSeconds } from '../shell/status-line.tsx';
import { filterAlarms, loadAlarms, SEVERITIES, SEVERITY_TONES } from './alarm-rows.ts';

export function Alarms() {
  const { session, preferences } = useScene();
  const { density } = useStore(preferences);
  const [which, setWhich] = useState<'active' | 'cleared'>('active');
  const [open, setOpen] = useState<JsonObject>();
  const [text, setText] = useState('');
  const [severity, setSeverity] = useState<string>();
  const { data, error, query } = useQuery(() => loadAlarms(session.client, which), which, [
    'alarm',
  ]);
  const found = useMemo(() => filterAlarms(data ?? [], text, undefined), [data, text]);
  const shown = useMemo(() => filterAlarms(found, '', severity), [found, severity]);
  return (
    <section className="view">
      <header className="toolbar">
        <h1>{words.alarms.title}</h1>
        <Choice
          label={words.alarms.which}
          value={which}
          options={[
            ['active', words.alarms.active],
            ['cleared', words.alarms.cleared],
          ]}
          onChange={(next) => {
            setWhich(next);
            setSeverity(undefined);
          }}
        />
        <input
          type="search"
          className="input search"
          aria-label={words.alarms.filter}
          placeholder={`${words.alarms.filter}  /`}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Chips
          label={words.alarms.severity}
          chips={SEVERITIES.map(
            (each) =>
              [
                each,
                filterAlarms(found, '', each).length,
                each,
                SEVERITY_TONES[each] ?? 'warn',
              ] as const,
          ).filter(([, count]) => count > 0)}
          chosen={severity}
          onChoose={setSeverity}
        />
      </header>
      <Failed error={error} onRetry={() => void query.reload()} />
      {data === undefined ? (
        error === undefined && <Loading text={words.loading} />
      ) : data.length === 0 ? (
        <Empty title={which === 'active' ? words.alarms.none : words.alarms.noneCleared} />
      ) : shown.length === 0 ? (
        <Empty title={words.alarms.noneFound} />
      ) : (
        <Table
          label={words.alarms.title}
          rows={shown}
          rowHeight={density === 'compact' ? 30 : 40}
          keyOf={(alarm) => textOf(alarm['id'])}
          onOpen={setOpen}
          columns={[
            {
              key: 'severity',
              title: words.alarms.severity,
              width: '6rem',
              render: (alarm) => (
                <Badge tone={SEVERITY_TONES[textOf(alarm['severity'])] ?? 'warn'}>
                  {textOf(alarm['severity'])}
                </Badge>
              ),
            },
            {
              key: 'name',
              title: words.alarms.name,
              width: 'minmax(8rem, 2fr)',
              render: (alarm) => (
                <span className="strong" title={textOf(alarm['name'])}>
                  {textOf(alarm['name'])}
                </span>
              ),
            },
            {
              key: 'span',
              title: words.alarms.where,
              width: '6rem',
              render: (alarm) => textOf(alarm['span'], textOf(alarm['gear_id'])),
            },
            {
              key: 'explanation',
              title: words.alarms.explanation,
              width: 'minmax(12rem, 3fr)',
              render: (alarm) => (
                <span title={textOf(alarm['explanation'])}>{textOf(alarm['explanation'])}</span>
              ),
            },
            {
              key: 'raised',
              title: which === 'active' ? words.alarms.age : words.alarms.raised,
              width: which === 'active' ? '5rem' : '10rem',
              align: which === 'active' ? 'end' : undefined,
              render: (alarm) => <Since alarm={alarm} isStanding={which === 'active'} />,
            },
            {
              key: 'acknowledged',
              title: words.alarms.noticed,
              width: '7.5rem',
              render: (alarm) =>
                alarm['acknowledged'] === true ? (
                  <Badge tone="good">{words.alarms.acknowledged}</Badge>
                ) : (
                  <Badge tone="warn">{words.alarms.open}</Badge>
                ),
            },
          ]}
        />
      )}
      {open !== undefined && (
        <AlarmDialog
          alarm={open}
          onClose={() => {
            setOpen(undefined);
            void query.reload();
          }}
        />
      )}
    </section>
  );
}

/** How long it stands, or when it was raised; the other one for who points at it. */
function Since({
  alarm,
  isStanding,
}: {
  readonly alarm: JsonObject;
  readonly isStanding: boolean;
}) {
  const { preferences, timers } = useScene();
  const { times } = useStore(preferences);
  const nowMs = useSeconds(timers.nowMs);
  const raisedMs = Date.parse(textOf(alarm['raised_at']));
  const when = timeText(raisedMs, times);
  const age = agoText(Math.max(0, nowMs - raisedMs) / 1000);
  return (
    <span className="number" title={isStanding ? when : age}>
      {isStanding ? age : when}
    </span>
  );
}

function AlarmDialog({
  alarm,
  onClose,
}: {
  readonly alarm: JsonObject;
  readonly onClose: () => void;
}) {
  const { session, preferences, toast } = useScene();
  const canWrite = useCanWrite();
  const { times } = useStore(preferences);
  const [note, setNote] = useState(textOf(alarm['note']));
  const [error, setError] = useState<ClientError>();
  const isAcknowledged = alarm['acknowledged'] === true;
  const by = isObject(alarm['acknowledged_by']) ? alarm['acknowledged_by'] : undefined;
  const send = async (acknowledged: boolean): Promise<void> => {
    try {
      await session.client.request(`/v2/alarms/${encodeURIComponent(textOf(alarm['id']))}`, {
        method: 'PATCH',
        data: { acknowledged, ...(note === '' ? {} : { note }) },
      });
      toast('good', acknowledged ? words.alarms.acknowledged : words.alarms.open);
      onClose();
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      setError(cause);
    }
  };
  return (
    <Dialog
      title={`${textOf(alarm['name'])} ${textOf(alarm['span'])}`}
      onClose={onClose}
      footer={
        canWrite ? (
          <Button look="main" onClick={() => void send(!isAcknowledged)}>
            {isAcknowledged ? words.alarms.takeBack : words.alarms.acknowledge}
          </Button>
        ) : undefined
      }
    >
      <Failed error={error} />
      <p>{textOf(alarm['explanation'])}</p>
      <dl className="facts">
        <div>
          <dt>{words.alarms.severity}</dt>
          <dd>{textOf(alarm['severity'])}</dd>
        </div>
        <div>
          <dt>{words.alarms.raised}</dt>
          <dd className="number">{timeText(Date.parse(textOf(alarm['raised_at'])), times)}</dd>
        </div>
        <div>
          <dt>{words.alarms.count}</dt>
          <dd className="number">{textOf(alarm['count'])}</dd>
        </div>
        {alarm['cleared_at'] !== undefined && (
          <div>
            <dt>{words.alarms.clearedAt}</dt>
            <dd className="number">{timeText(Date.parse(textOf(alarm['cleared_at'])), times)}</dd>
          </div>
        )}
      </dl>
      {by !== undefined && (
        <p className="quiet-text">
          {words.alarms.acknowledged} {words.history.by} {textOf(by['user_id'] ?? by['method'])}
        </p>
      )}
      {canWrite && (
        <TextField label={words.alarms.note} value={note} onChange={setNote} lines={3} isWide />
      )}
    </Dialog>
  );
}
