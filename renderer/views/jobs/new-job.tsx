import { useMemo, useState } from 'react';
import { ClientError, isObject, type JsonObject, textOf } from '../../../agent/client/index.ts';
import { numbersCsv, parseNumbers, rangeOf } from '../../state/number-list.ts';
import { basePath } from '../../state/paths.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/panel.tsx';
import { listOf } from '../resources/dial-preview.tsx';
import { go, problemText, useQuery, useScene } from '../scene.ts';

/** Larger pastes are kept in the page only: a browser's memory is small. */
const MAX_KEPT = 500_000;

/** Numbers by paste, file or range; nothing is sent to stay before the preview was seen. */
export function NewJob() {
  const { session, identity, memory } = useScene();
  const path = `${basePath(identity, 'account')}/resources`;
  const kept = useMemo(() => parseKept(memory.load('new-job')), [memory]);
  const [name, setName] = useState(kept.name);
  const [resourceId, setResourceId] = useState(kept.resourceId);
  const [text, setText] = useState(kept.text);
  const [range, setRange] = useState({ from: '', to: '' });
  const [rangeError, setRangeError] = useState<string>();
  const [preview, setPreview] = useState<{ readonly of: string; readonly data: JsonObject }>();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ClientError>();
  const { data: resources } = useQuery(
    async () =>
      listOf(
        (await session.client.request(path, { query: { sort: 'weight_cost', page_size: 1000 } }))
          .data,
      ),
    path,
    ['resource'],
  );
  const numbers = useMemo(() => parseNumbers(text), [text]);
  const keep = (next: { name?: string; resourceId?: string; text?: string }): void => {
    const all = { name, resourceId, text, ...next };
    memory.save('new-job', JSON.stringify(all.text.length > MAX_KEPT ? { ...all, text: '' } : all));
  };
  const changeText = (next: string): void => {
    setText(next);
    keep({ text: next });
  };
  const send = async (isDry: boolean): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const { data } = await session.client.request(`${path}/jobs`, {
        method: 'PUT',
        query: {
          resource_id: resourceId,
          name: name.trim() === '' ? undefined : name.trim(),
          dry_run: isDry ? true : undefined,
        },
        upload: { type: 'text/csv', text: numbersCsv(numbers) },
      });
      const reply = isObject(data) ? data : {};
      if (isDry) setPreview({ of: `${resourceId} ${text}`, data: reply });
      else {
        memory.save('new-job', undefined);
        go('jobs', textOf(reply['id']));
      }
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  const isCurrent = preview?.of === `${resourceId} ${text}`;
  return (
    <section className="view">
      <header className="toolbar">
        <a className="crumb" href="#/jobs">
          {words.jobs.title}
        </a>
        <span aria-hidden="true" className="quiet-text">
          /
        </span>
        <h1>{words.jobs.add}</h1>
        <span className="grow" />
        <Button
          disabled={isBusy || numbers.length === 0 || resourceId === ''}
          onClick={() => void send(true)}
        >
          {isBusy ? words.jobs.previewing : words.jobs.preview}
        </Button>
        <Button look="main" disabled={isBusy || !isCurrent} onClick={() => void send(false)}>
          {words.jobs.start(numbers.length)}
        </Button>
      </header>
      {error !== undefined && (
        <Problem
          title={problemText(error).title}
          detail={
            error.kind === 'unreachable'
              ? words.jobs.unsure
              : error.fields.map(({ path: at, message }) => `${at}: ${message}`).join('; ') ||
                problemText(error).detail
          }
          retryText={words.retry}
        />
      )}
      <div className="split">
        <div className="split-main pad scroll stack">
          <div className="fields">
            <TextField
              label={words.jobs.name}
              value={name}
              onChange={(next) => {
                setName(next);
                keep({ name: next });
              }}
            />
            <SelectField
              label={words.jobs.resource}
              value={resourceId}
              options={[
                ['', words.jobs.chooseResource],
                ...(resources ?? []).map(
                  (row) => [textOf(row['id']), textOf(row['name'])] as const,
                ),
              ]}
              onChange={(next) => {
                setResourceId(next);
                keep({ resourceId: next });
              }}
            />
          </div>
          <div
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault();
              const [file] = event.dataTransfer.files;
              void file?.text().then(changeText);
            }}
          >
            <TextField
              label={words.jobs.numbers}
              help={words.jobs.numbersHelp}
              value={text}
              onChange={changeText}
              lines={16}
              isMono
              isWide
            />
          </div>
          <div className="row">
            <label className="button">
              {words.jobs.file}
              <input
                type="file"
                className="hidden-input"
                accept=".csv,.txt"
                onChange={(event) => {
                  const [file] = event.target.files ?? [];
                  void file?.text().then(changeText);
                }}
              />
            </label>
            <span className="quiet-text number" role="status">
              {words.jobs.typed(numbers.length)}
            </span>
          </div>
          <div className="row range">
            <TextField
              label={words.jobs.from}
              type="tel"
              isMono
              value={range.from}
              error={rangeError}
              onChange={(from) => setRange({ ...range, from })}
            />
            <TextField
              label={words.jobs.to}
              type="tel"
              isMono
              value={range.to}
              onChange={(to) => setRange({ ...range, to })}
            />
            <Button
              onClick={() => {
                const added = rangeOf(range.from, range.to);
                setRangeError(added === undefined ? words.jobs.badRange : undefined);
                if (added === undefined) return;
                const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
                changeText(`${before}${added.join('\n')}\n`);
              }}
            >
              {words.jobs.addRange}
            </Button>
          </div>
        </div>
        <aside className="side" aria-label={words.jobs.would}>
          <h2>{words.jobs.would}</h2>
          {preview === undefined ? (
            <p className="quiet-text">{words.jobs.wouldHelp}</p>
          ) : (
            <Preview data={preview.data} isStale={!isCurrent} />
          )}
        </aside>
      </div>
    </section>
  );
}

function Preview({ data, isStale }: { readonly data: JsonObject; readonly isStale: boolean }) {
  const counts = isObject(data['counts']) ? data['counts'] : {};
  const errors = isObject(data['errors']) ? data['errors'] : {};
  const lines: readonly (readonly [string, string])[] = [
    ['successes', words.jobs.creatable],
    ['duplicate', words.jobs.duplicates],
    ['number_exists', words.jobs.existing],
    ['not_reconcilable', words.jobs.notReconcilable],
    ['skipped', words.jobs.repeated],
  ];
  return (
    <div className="stack" role="status">
      {isStale && <p className="note">{words.jobs.stale}</p>}
      <ul className="counts">
        {lines.map(([key, text]) => (
          <li key={key}>
            <span className="number strong">{Number(counts[key] ?? 0).toLocaleString('en')}</span>{' '}
            {text}
          </li>
        ))}
      </ul>
      <table className="list-table">
        <thead>
          <tr>
            <th scope="col">{words.jobs.number}</th>
            <th scope="col">{words.jobs.normalized}</th>
          </tr>
        </thead>
        <tbody>
          {listOf(data['normalized'])
            .slice(0, 20)
            .map((row, index) => (
              <tr key={index}>
                <td className="mono">{textOf(row['number'])}</td>
                <td className="mono">{textOf(row['normalized'])}</td>
              </tr>
            ))}
          {Object.entries(errors)
            .slice(0, 20)
            .map(([typed, problem]) => (
              <tr key={typed}>
                <td className="mono">{typed}</td>
                <td>▲ {isObject(problem) ? reasonOf(problem) : ''}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

function reasonOf(problem: JsonObject): string {
  const reason = textOf(problem['reason']);
  return textOf(problem['message'] ?? words.jobs.reasons[reason] ?? reason);
}

function parseKept(text: string | undefined) {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    const kept = isObject(value) ? value : {};
    return {
      name: textOf(kept['name']),
      resourceId: textOf(kept['resourceId']),
      text: textOf(kept['text']),
    };
  } catch {
    return { name: '', resourceId: '', text: '' };
  }
}
