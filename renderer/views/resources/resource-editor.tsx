import { useEffect, useMemo, useState } from 'react';
import { isObject, textOf } from '../../../agent/client/index.ts';
import { complaintsOf } from '../../form/schema.ts';
import { curlOf } from '../../state/curl.ts';
import { basePath, newDocumentId, type Scope } from '../../state/paths.ts';
import { createResourceEdit, type ResourceEdit } from '../../state/resource-edit.ts';
import { timeText, words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Badge, Loading, Problem } from '../../ui/panel.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { useStore } from '../../ui/use-store.ts';
import { go, onChange, problemText, useCanWrite, useScene } from '../scene.ts';
import { ConflictDialog } from './conflict-dialog.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { DialPreview } from './dial-preview.tsx';
import {
  GatewaysPart,
  HeadersPart,
  IdentityPart,
  JsonPart,
  MatchingPart,
  MediaPart,
  type Part,
  partOf,
} from './editor-parts.tsx';
import { FormattersPart } from './formatters-part.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { FormContext, type FormState } from './schema-field.tsx';

const BLANK = { name: '', rules: [], gateways: [{ server: '' }] };

export interface ResourceEditorProps {
  readonly scope: Scope;
  /** undefined: a new one. */
  readonly id: string | undefined;
  /** The one that a new one begins as a copy of. */
  readonly copyOf: string | undefined;
}

export function ResourceEditor({ scope, id, copyOf }: ResourceEditorProps) {
  const scene = useScene();
  const { session, identity, drafts, memory, timers } = scene;
  const path = `${basePath(identity, scope)}/resources`;
  const [edit, setEdit] = useState<ResourceEdit>();
  useEffect(() => {
    let isGone = false;
    const open = async (): Promise<void> => {
      const draftKey = `resource.${scope}.${id ?? 'new'}`;
      const initial =
        id !== undefined ? undefined : copyOf === undefined ? BLANK : await readCopy(copyOf);
      // The id of a new one is kept with its draft: saved twice, it is still one.
      const idKey = `${draftKey}.id`;
      const ownId = id ?? memory.load(idKey) ?? newDocumentId();
      if (id === undefined) memory.save(idKey, ownId);
      const made = createResourceEdit({
        client: session.client,
        path,
        id: ownId,
        initial,
        drafts,
        draftKey,
        nowMs: timers.nowMs,
      });
      await made.load();
      if (!isGone) setEdit(made);
    };
    const readCopy = async (source: string) => {
      try {
        const { data } = await session.client.request(`${path}/${encodeURIComponent(source)}`);
        if (!isObject(data)) return BLANK;
        const kept = Object.entries(data).filter(([key]) => key !== 'id');
        return {
          ...Object.fromEntries(kept),
          name: words.editor.copyName(textOf(data['name'])),
        };
      } catch {
        return BLANK;
      }
    };
    void open();
    return () => {
      isGone = true;
    };
  }, [scope, id, copyOf, path, session, drafts, memory, timers]);
  if (edit === undefined) return <Loading text={words.loading} />;
  return <Editor edit={edit} scope={scope} path={path} />;
}

function Editor({
  edit,
  scope,
  path,
}: {
  readonly edit: ResourceEdit;
  readonly scope: Scope;
  readonly path: string;
}) {
  const { session, checks, timers, toast, preferences, host, memory } = useScene();
  const canWrite = useCanWrite();
  const state = useStore(edit.state);
  const { times } = useStore(preferences);
  const [part, setPart] = useState<Part>('identity');
  const [dialog, setDialog] = useState<'delete' | 'conflict'>();
  const [hasTried, setTried] = useState(false);
  const isDirty = edit.isDirty();
  useEffect(
    () =>
      onChange(session, timers, ['resource'], 300, () => {
        if (!edit.state.get().isNew) void edit.compare();
      }),
    [edit, session, timers],
  );
  const complaints = useMemo(
    () => complaintsOf(checks.resources, state.document),
    [checks, state.document],
  );
  const errors = useMemo(() => {
    const all = new Map(state.serverFields);
    // Before the first attempt an empty required field is no mistake yet.
    for (const { path: at, message } of complaints)
      if (hasTried || !isUntouched(message)) all.set(at, message);
    return all;
  }, [complaints, state.serverFields, hasTried]);
  const wrongIn = (name: Part): number =>
    [...errors.keys()].filter((at) => partOf(at) === name).length;

  const save = async (): Promise<void> => {
    setTried(true);
    if (complaints.length > 0) {
      const first = complaints[0];
      if (first !== undefined) setPart(partOf(first.path));
      toast('bad', words.editor.wrong(complaints.length));
      return;
    }
    const wasNew = state.isNew;
    if (await edit.save()) {
      toast('good', wasNew ? words.editor.created : words.editor.saved);
      if (wasNew) {
        memory.save(`resource.${scope}.new.id`, undefined);
        go('resources', scope, edit.id);
      }
    } else if (edit.state.get().conflict !== undefined) setDialog('conflict');
    else {
      const field = [...edit.state.get().serverFields.keys()][0];
      if (field !== undefined) setPart(partOf(field));
    }
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
        event.preventDefault();
        if (canWrite) void save();
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });

  const form: FormState = {
    schema: 'resources',
    document: state.document,
    base: state.isNew ? state.document : state.base,
    errors,
    isReadOnly: !canWrite,
    change: (at, value) => edit.change(at, value),
  };
  if (state.kind === 'failed')
    return (
      <section className="view pad">
        <Problem
          title={
            state.error?.kind === 'missing'
              ? words.editor.notFound
              : words.errors[state.error?.kind ?? 'broken']
          }
          retryText={words.retry}
          onRetry={() => void edit.load()}
        />
        <a href={`#/resources/${scope}`}>{words.resources.title}</a>
      </section>
    );
  const name = textOf(state.document['name'] ?? '');
  return (
    <section className="view">
      <header className="toolbar">
        <a className="crumb" href={`#/resources/${scope}`}>
          {words.resources.title}
        </a>
        <span aria-hidden="true" className="quiet-text">
          /
        </span>
        <h1 className="clip">{state.isNew ? words.editor.newTitle : name}</h1>
        {state.document['enabled'] === false && <Badge tone="mute">{words.resources.off}</Badge>}
        {isDirty && !state.isNew && <Badge tone="warn">{words.editor.unsaved}</Badge>}
        <span className="grow" />
        <Button
          look="quiet"
          onClick={() => {
            host
              .copyText(
                curlOf(session.site.address, {
                  method: state.isNew ? 'PUT' : 'POST',
                  path: state.isNew ? path : `${path}/${edit.id}`,
                  data: state.document,
                }),
              )
              .then(() => toast('good', words.copied))
              .catch(() => toast('bad', words.notCopied));
          }}
        >
          {words.copyCurl}
        </Button>
        {canWrite && !state.isNew && (
          <>
            <Button look="quiet" onClick={() => go('resources', scope, 'new', edit.id)}>
              {words.editor.duplicate}
            </Button>
            <Button look="quiet" onClick={() => setDialog('delete')}>
              {words.editor.remove}
            </Button>
          </>
        )}
        {canWrite && isDirty && (
          <Button onClick={() => edit.discard()}>{words.editor.discard}</Button>
        )}
        {canWrite && (
          <Button
            look="main"
            disabled={state.isSaving || (!isDirty && !state.isNew)}
            onClick={() => void save()}
          >
            {state.isSaving ? words.editor.saving : words.editor.save}
          </Button>
        )}
      </header>
      {state.error !== undefined && (
        <Problem
          title={problemText(state.error).title}
          detail={
            state.error.kind === 'unreachable'
              ? words.editor.unsure
              : problemText(state.error).detail
          }
          retryText={words.retry}
          onRetry={() => void save()}
        />
      )}
      {state.conflict !== undefined && (
        <div className="problem warn" role="alert">
          <span className="glyph" aria-hidden="true">
            ◆
          </span>
          <strong>{words.conflict.banner}</strong>
          <Button onClick={() => setDialog('conflict')}>{words.conflict.open}</Button>
        </div>
      )}
      {state.restoredMs !== undefined && (
        <p className="note strip">{words.editor.restored(timeText(state.restoredMs, times))}</p>
      )}
      {state.warnings.length > 0 && (
        <div className="note strip">
          {words.editor.warnings}:{' '}
          {state.warnings.map(({ path: at, message }) => `${at}: ${message}`).join('; ')}
        </div>
      )}
      <div className="split">
        <div className="split-main">
          <Tabs
            label={words.editor.sections}
            value={part}
            onChange={(next) => setPart(next)}
            tabs={(Object.keys(words.editor.tabs) as Part[])
              .filter((key) => key !== 'history' || !state.isNew)
              .map((key) => [key, words.editor.tabs[key], wrongIn(key)] as const)}
          >
            <FormContext value={form}>
              {part === 'identity' && <IdentityPart />}
              {part === 'matching' && <MatchingPart />}
              {part === 'gateways' && <GatewaysPart />}
              {part === 'media' && <MediaPart />}
              {part === 'formatters' && <FormattersPart />}
              {part === 'headers' && <HeadersPart />}
              {part === 'json' && <JsonPart onReplace={(next) => edit.replace(next)} />}
            </FormContext>
            {part === 'history' && (
              <HistoryPanel
                path={`${path}/${encodeURIComponent(edit.id)}`}
                revision={state.revision}
                canRestore={canWrite && !isDirty}
                onRestore={(revision) =>
                  void edit.restore(revision).then((isDone) => {
                    if (isDone) toast('good', words.history.restored);
                  })
                }
              />
            )}
          </Tabs>
        </div>
        <DialPreview scope={scope} id={edit.id} document={state.document} />
      </div>
      {dialog === 'delete' && (
        <DeleteDialog
          document={state.document}
          onClose={() => setDialog(undefined)}
          onDelete={() => {
            setDialog(undefined);
            void edit.remove().then((isDone) => {
              if (!isDone) return;
              toast('good', words.editor.deleted);
              go('resources', scope);
            });
          }}
        />
      )}
      {dialog === 'conflict' && state.conflict !== undefined && (
        <ConflictDialog
          state={state}
          onClose={() => setDialog(undefined)}
          onResolve={(chosen) => {
            edit.resolve(chosen);
            setDialog(undefined);
          }}
        />
      )}
    </section>
  );
}

function isUntouched(message: string): boolean {
  return message === 'Required' || message === 'Must not be empty';
}
