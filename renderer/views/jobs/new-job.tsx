import { useMemo, useState } from 'react';
import { ClientError, isObject, type JsonObject, textOf } from '../../../agent/client/index.ts';
import {
  blockOf,
  MOST_TYPED,
  type NumberBlock,
  numbersCsv,
  parseBlocks,
  parseNumbers,
  rangeOf,
  startKeyOf,
} from '../../state/number-list.ts';
import { basePath, newDocumentId } from '../../state/paths.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { FileDrop } from '../../ui/file-drop.tsx';
import { Problem } from '../../ui/panel.tsx';
import { listOf } from '../resources/dial-preview.tsx';
import { go, problemText, useQuery, useScene } from '../scene.ts';
import { JobPreview } from './job-preview.tsx';

/** Longer lists are kept in the page only: a browser's memory is small. */
const MAX_KEPT = 500_000;

/** Numbers by paste, file or range; nothing is sent to stay before the preview was seen. */
export function NewJob() {
  const { session, identity, memory, toast } = useScene();
  const path = `${basePath(identity, 'account')}/resources`;
  const kept = useMemo(() => parseKept(memory.load('new-job')), [memory]);
  const [name, setName] = useState(kept.name);
  const [resourceId, setResourceId] = useState(kept.resourceId);
  const [text, setText] = useState(kept.text);
  const [blocks, setBlocks] = useState(() => parseBlocks(memory.load('new-job-lists')));
  const [range, setRange] = useState({ from: '', to: '' });
  const [rangeError, setRangeError] = useState<string>();
  const [preview, setPreview] = useState<{ readonly of: Content; readonly data: JsonObject }>();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<{
    readonly error: ClientError;
    readonly isDry: boolean;
  }>();
  const { data: resources } = useQuery(
    async () =>
      listOf(
        (await session.client.request(path, { query: { sort: 'weight_cost', page_size: 1000 } }))
          .data,
      ),
    path,
    ['resource'],
  );
  const typed = useMemo(() => parseNumbers(text), [text]);
  const content: Content = { resourceId, text, blocks };
  const count = blocks.reduce((sum, block) => sum + block.count, typed.length);
  const keep = (next: { name?: string; resourceId?: string; text?: string }): void => {
    const all = { id: kept.id, name, resourceId, text, ...next };
    memory.save('new-job', JSON.stringify(all.text.length > MAX_KEPT ? { ...all, text: '' } : all));
  };
  const changeText = (next: string): void => {
    setText(next);
    keep({ text: next });
  };
  const changeBlocks = (next: readonly NumberBlock[]): void => {
    setBlocks(next);
    const length = next.reduce((sum, { rows }) => sum + rows.length, 0);
    const isKept = length > 0 && length <= MAX_KEPT;
    memory.save('new-job-lists', isKept ? JSON.stringify(next) : undefined);
  };
  /** A few can be edited beside those that were typed; many stand as they came. */
  const add = (label: string, numbers: readonly string[]): void => {
    if (numbers.length === 0) toast('bad', words.jobs.noNumbers(label));
    else if (typed.length + numbers.length > MOST_TYPED)
      changeBlocks([...blocks, blockOf(label, numbers)]);
    else {
      const before = text.trimEnd();
      changeText(`${before}${before === '' ? '' : '\n'}${numbers.join('\n')}\n`);
    }
  };
  const send = async (isDry: boolean): Promise<void> => {
    setBusy(true);
    setFailure(undefined);
    keep({});
    const query = { resource_id: resourceId, name: name.trim() === '' ? undefined : name.trim() };
    const csv = numbersCsv(blocks, typed);
    try {
      const { data } = await session.client.request(`${path}/jobs`, {
        method: 'PUT',
        query: isDry ? { ...query, dry_run: true } : query,
        upload: { type: 'text/csv', text: csv },
        ...(isDry ? {} : { idempotencyKey: startKeyOf(kept.id, JSON.stringify(query) + csv) }),
      });
      const reply = isObject(data) ? data : {};
      if (isDry) setPreview({ of: content, data: reply });
      else {
        memory.save('new-job', undefined);
        memory.save('new-job-lists', undefined);
        go('jobs', textOf(reply['id']));
      }
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      setFailure({ error: cause, isDry });
    } finally {
      setBusy(false);
    }
  };
  const isCurrent = preview !== undefined && isSameContent(preview.of, content);
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
          disabled={isBusy || count === 0 || resourceId === ''}
          onClick={() => void send(true)}
        >
          {isBusy ? words.jobs.previewing : words.jobs.preview}
        </Button>
        <Button look="main" disabled={isBusy || !isCurrent} onClick={() => void send(false)}>
          {words.jobs.start(count)}
        </Button>
      </header>
      {failure !== undefined && <NotSent {...failure} />}
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
          <FileDrop
            label={words.jobs.file}
            accept=".csv,.txt"
            onText={(found, file) => add(file, parseNumbers(found))}
            onUnreadable={(file) => toast('bad', words.jobs.unreadable(file))}
            beside={
              <span className="quiet-text number" role="status">
                {words.jobs.inAll(count)}
              </span>
            }
          >
            <TextField
              label={words.jobs.numbers}
              help={words.jobs.numbersHelp}
              value={text}
              onChange={changeText}
              onPasteText={(pasted) => {
                const numbers = parseNumbers(pasted);
                if (typed.length + numbers.length <= MOST_TYPED) return false;
                add(words.jobs.pasted, numbers);
                return true;
              }}
              lines={16}
              isMono
              isWide
            />
            <Blocks blocks={blocks} onChange={changeBlocks} />
          </FileDrop>
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
                add(words.jobs.range, added);
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
            <JobPreview data={preview.data} isStale={!isCurrent} />
          )}
        </aside>
      </div>
    </section>
  );
}

/** What the preview is of, and would be started. */
interface Content {
  readonly resourceId: string;
  readonly text: string;
  readonly blocks: readonly NumberBlock[];
}

function isSameContent(a: Content, b: Content): boolean {
  return a.resourceId === b.resourceId && a.text === b.text && a.blocks === b.blocks;
}

function NotSent({ error, isDry }: { readonly error: ClientError; readonly isDry: boolean }) {
  const { title, detail } = problemText(error);
  const fields = error.fields.map(({ path: at, message }) => `${at}: ${message}`).join('; ');
  const isUnsure = error.kind === 'unreachable' && !isDry;
  return (
    <Problem
      title={title}
      detail={isUnsure ? words.jobs.unsure : fields || detail}
      retryText={words.retry}
    />
  );
}

function Blocks({
  blocks,
  onChange,
}: {
  readonly blocks: readonly NumberBlock[];
  readonly onChange: (blocks: readonly NumberBlock[]) => void;
}) {
  if (blocks.length === 0) return null;
  return (
    <ul className="counts" aria-label={words.jobs.blocks}>
      {blocks.map((block, index) => (
        <li key={index} className="row">
          <span className="strong">{block.label}</span>
          <span className="quiet-text number">
            {words.jobs.block(block.count, block.first, block.last)}
          </span>
          <Button
            look="quiet"
            label={words.jobs.removeBlock(block.label)}
            onClick={() => onChange(blocks.filter((each) => each !== block))}
          >
            {words.jobs.remove}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function parseKept(text: string | undefined) {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '{}');
  } catch {
    value = {};
  }
  const kept = isObject(value) ? value : {};
  return {
    id: textOf(kept['id']) || newDocumentId(),
    name: textOf(kept['name']),
    resourceId: textOf(kept['resourceId']),
    text: textOf(kept['text']),
  };
}
