// One resource being edited: the draft, what is wrong with it, saving, and what to do when
// somebody else saved first. Survives reload and lost connections: every change is kept.

import {
  type Client,
  ClientError,
  isObject,
  type Json,
  type JsonObject,
  textOf,
} from '../../agent/client/index.ts';
import { covers, differencesOf, isSame, mergeVersions, withValue } from './document.ts';
import type { Drafts } from './drafts.ts';
import { createStore, type Readable } from './store.ts';

export interface EditState {
  readonly kind: 'loading' | 'failed' | 'ready';
  readonly isNew: boolean;
  readonly document: JsonObject;
  /** The version the edit began with. */
  readonly base: JsonObject;
  readonly revision: string | undefined;
  readonly isSaving: boolean;
  /** Why reading or saving failed, unless it is told by `conflict` or the fields. */
  readonly error: ClientError | undefined;
  readonly serverFields: ReadonlyMap<string, string>;
  /** What the agent warned about in its last reply. */
  readonly warnings: readonly { readonly path: string; readonly message: string }[];
  /** Somebody else's version. */
  readonly conflict: { readonly theirs: JsonObject; readonly revision: string } | undefined;
  /** When the draft that is shown was typed; undefined: it is of now. */
  readonly restoredMs: number | undefined;
}

export interface ResourceEdit {
  readonly id: string;
  readonly state: Readable<EditState>;
  readonly isDirty: () => boolean;
  readonly load: () => Promise<void>;
  readonly change: (path: string, value: Json | undefined) => void;
  readonly replace: (document: JsonObject) => void;
  /** Back to what is stored. */
  readonly discard: () => void;
  /** @returns whether it is stored now */
  readonly save: () => Promise<boolean>;
  readonly resolve: (chosen: ReadonlyMap<string, 'mine' | 'theirs'>) => void;
  /** Looks whether the stored version is another, without touching what is typed. */
  readonly compare: () => Promise<void>;
  readonly restore: (revision: string) => Promise<boolean>;
  readonly remove: () => Promise<boolean>;
}

export interface ResourceEditOptions {
  readonly client: Client;
  /** `/v2/resources` or an account's. */
  readonly path: string;
  readonly id: string;
  /** What a new resource begins with; undefined: it exists. */
  readonly initial: JsonObject | undefined;
  readonly drafts: Drafts;
  readonly draftKey: string;
  readonly nowMs: () => number;
}

export function createResourceEdit(options: ResourceEditOptions): ResourceEdit {
  const { client, id, drafts, draftKey } = options;
  const at = `${options.path}/${encodeURIComponent(id)}`;
  const isNew = options.initial !== undefined;
  const state = createStore<EditState>({
    kind: 'loading',
    isNew,
    document: options.initial ?? {},
    base: {},
    revision: undefined,
    isSaving: false,
    error: undefined,
    serverFields: new Map(),
    warnings: [],
    conflict: undefined,
    restoredMs: undefined,
  });
  const isDirty = (): boolean => {
    const { document, base, isNew: fresh } = state.get();
    return !isSame(document, fresh ? (options.initial ?? {}) : base);
  };
  const keep = (): void => {
    const { document, base, revision, isNew: fresh } = state.get();
    drafts.save(
      draftKey,
      isDirty()
        ? { document, base: fresh ? undefined : base, revision, savedMs: options.nowMs() }
        : undefined,
    );
  };
  const fail = (error: unknown): void => {
    if (!(error instanceof ClientError)) throw error;
    const fields = new Map(error.fields.map(({ path, message }) => [path, message]));
    state.update((now) => ({ ...now, isSaving: false, error, serverFields: fields }));
  };
  const stored = (data: Json, revision: string | undefined, warnings: readonly Json[]): void => {
    const document = withoutId(data);
    state.update((now) => ({
      ...now,
      kind: 'ready',
      isNew: false,
      document,
      base: document,
      revision,
      isSaving: false,
      error: undefined,
      serverFields: new Map(),
      warnings: warnings.flatMap(toWarning),
      conflict: undefined,
      restoredMs: undefined,
    }));
    keep();
  };

  /** The stored version is another than the one that the edit began with. */
  const meet = (data: Json, revision: string | undefined): 'stored' | 'rebased' | 'conflict' => {
    const theirs = withoutId(data);
    const { base, document, isNew: fresh } = state.get();
    // What was saved may be our own, its reply lost on the way; more may be typed since.
    if (covers(theirs, document)) {
      stored(data, revision, []);
      return 'stored';
    }
    // Nobody else has the id of a new one.
    const isOurs =
      fresh ||
      differencesOf(base, document, theirs).every(({ before, theirs: other }) =>
        isSame(before, other),
      );
    state.update((now) => ({
      ...now,
      isSaving: false,
      error: undefined,
      ...(isOurs
        ? { base: theirs, revision, isNew: false, conflict: undefined }
        : { conflict: { theirs, revision: revision ?? '' } }),
    }));
    if (isOurs) keep();
    return isOurs ? 'rebased' : 'conflict';
  };

  const attempt = async (work: () => Promise<void>, isRepeated = false): Promise<boolean> => {
    state.update((now) => ({ ...now, isSaving: true, error: undefined }));
    try {
      await work();
      return state.get().conflict === undefined && !state.get().isSaving;
    } catch (error) {
      if (!(error instanceof ClientError) || error.kind !== 'conflict' || isRepeated) {
        fail(error);
        return false;
      }
      try {
        const { data, revision } = await client.request(at);
        const met = meet(data, revision);
        return met === 'rebased' ? await attempt(work, true) : met === 'stored';
      } catch (again) {
        fail(again);
        return false;
      }
    }
  };

  return {
    id,
    state,
    isDirty,
    load: async () => {
      const draft = drafts.load(draftKey);
      if (isNew) {
        state.update((now) => ({
          ...now,
          kind: 'ready',
          document: draft?.document ?? options.initial ?? {},
          restoredMs: draft?.savedMs,
        }));
        return;
      }
      try {
        const { data, revision } = await client.request(at);
        const document = withoutId(data);
        if (draft === undefined) {
          stored(data, revision, []);
          return;
        }
        const isSameVersion = draft.revision === revision;
        const typed = drafts.complete(draft.document, document);
        const base = drafts.complete(draft.base ?? {}, document);
        state.update((now) => ({
          ...now,
          kind: 'ready',
          document: typed,
          base: isSameVersion ? document : base,
          revision: draft.revision,
          error: undefined,
          restoredMs: draft.savedMs,
          conflict: undefined,
        }));
        if (!isSameVersion) meet(data, revision);
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        // Offline with a draft: what was typed is there to go on with.
        state.update((now) => ({
          ...now,
          kind: draft === undefined ? 'failed' : 'ready',
          document: draft?.document ?? now.document,
          base: draft?.base ?? now.base,
          revision: draft?.revision ?? now.revision,
          restoredMs: draft?.savedMs,
          error,
        }));
      }
    },
    change: (path, value) => {
      state.update((now) => ({
        ...now,
        document: withValue(now.document, path, value),
        serverFields: without(now.serverFields, path),
      }));
      keep();
    },
    replace: (document) => {
      state.update((now) => ({ ...now, document, serverFields: new Map() }));
      keep();
    },
    discard: () => {
      state.update((now) => ({
        ...now,
        document: now.isNew ? (options.initial ?? {}) : now.base,
        error: undefined,
        serverFields: new Map(),
        restoredMs: undefined,
      }));
      drafts.save(draftKey, undefined);
    },
    save: () =>
      attempt(async () => {
        const { document, revision, isNew: fresh } = state.get();
        const reply = fresh
          ? await client.request(options.path, { method: 'PUT', data: { ...document, id } })
          : await client.request(at, { method: 'POST', data: document, ifMatch: revision });
        stored(reply.data, reply.revision, reply.warnings);
      }),
    resolve: (chosen) => {
      state.update((now) => {
        if (now.conflict === undefined) return now;
        const { theirs, revision } = now.conflict;
        return {
          ...now,
          document: mergeVersions(now.base, now.document, theirs, chosen),
          base: theirs,
          revision,
          isNew: false,
          conflict: undefined,
          restoredMs: undefined,
        };
      });
      keep();
    },
    compare: async () => {
      try {
        const { data, revision } = await client.request(at);
        const now = state.get();
        if (revision === now.revision || now.kind !== 'ready' || now.isSaving) return;
        if (isDirty()) meet(data, revision);
        else stored(data, revision, []);
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        // The status line says that the agent is gone; a save will say it here.
      }
    },
    restore: (revision) =>
      attempt(async () => {
        const reply = await client.request(at, {
          method: 'PATCH',
          data: { action: 'restore', revision },
          ifMatch: state.get().revision,
        });
        stored(reply.data, reply.revision, reply.warnings);
      }),
    remove: () =>
      attempt(async () => {
        await client.request(at, { method: 'DELETE', ifMatch: state.get().revision });
        drafts.save(draftKey, undefined);
        state.update((now) => ({ ...now, isSaving: false, base: now.document }));
      }),
  };
}

function withoutId(data: Json): JsonObject {
  if (!isObject(data)) return {};
  return Object.fromEntries(Object.entries(data).filter(([key]) => key !== 'id'));
}

function toWarning(warning: Json): readonly { path: string; message: string }[] {
  if (!isObject(warning)) return [];
  return [{ path: textOf(warning['path'] ?? ''), message: textOf(warning['message'] ?? '') }];
}

function without(map: ReadonlyMap<string, string>, path: string): ReadonlyMap<string, string> {
  if (![...map.keys()].some((key) => key === path || key.startsWith(`${path}.`))) return map;
  return new Map([...map].filter(([key]) => key !== path && !key.startsWith(`${path}.`)));
}
