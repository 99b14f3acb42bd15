// What a call would become with the draft in place of what is stored.

import { useEffect, useState } from 'react';
import {
  ClientError,
  isObject,
  type Json,
  type JsonObject,
  textOf,
} from '../../../agent/client/index.ts';
import { basePath, type Scope } from '../../state/paths.ts';
import { words } from '../../text/words.ts';
import { TextField } from '../../ui/field.tsx';
import { Failed } from '../failed.tsx';
import { useScene } from '../scene.ts';
import { useSettled } from '../settled.ts';

const KEPT = 'dial-number';

export interface DialPreviewProps {
  readonly scope: Scope;
  readonly id: string;
  readonly document: JsonObject;
}

export function DialPreview({ scope, id, document }: DialPreviewProps) {
  const { session, identity, host } = useScene();
  const [number, setNumber] = useState(() => host.memory.load(KEPT) ?? '');
  const [answer, setAnswer] = useState<JsonObject>();
  const [error, setError] = useState<ClientError>();
  const settledNumber = useSettled(number.trim(), 250);
  const settledDocument = useSettled(document, 250);
  useEffect(() => {
    if (settledNumber === '') {
      setAnswer(undefined);
      return undefined;
    }
    host.memory.save(KEPT, settledNumber);
    const abort = new AbortController();
    const drafts = [{ ...settledDocument, id }];
    session.client
      .request(`${basePath(identity, scope)}/routes`, {
        method: 'PUT',
        data: {
          number: settledNumber,
          ...(scope === 'global' ? { resources: drafts } : { local_resources: drafts }),
        },
        signal: abort.signal,
      })
      .then(({ data }) => {
        setAnswer(isObject(data) ? data : undefined);
        setError(undefined);
      })
      .catch((cause: unknown) => {
        if (cause instanceof ClientError) setError(cause);
        else if (!abort.signal.aborted) throw cause;
      });
    return () => abort.abort();
  }, [settledNumber, settledDocument, id, scope, identity, session, host]);
  return (
    <aside className="side" aria-label={words.dial.title}>
      <h2>{words.dial.title}</h2>
      <TextField
        label={words.dial.number}
        type="tel"
        value={number}
        onChange={setNumber}
        isMono
        help={words.dial.help}
      />
      <Failed error={error} />
      <div aria-live="polite">
        {answer === undefined ? (
          <p className="quiet-text">{words.dial.hint}</p>
        ) : (
          <OwnPart answer={answer} id={id} />
        )}
      </div>
    </aside>
  );
}

function OwnPart({ answer, id }: { readonly answer: JsonObject; readonly id: string }) {
  const all = listOf(answer['endpoints']);
  const own = all.filter((endpoint) => isPartOf(endpoint, id));
  const dial = isObject(answer['dial']) ? answer['dial'] : {};
  const legs = listOf(dial['legs']);
  const excluded = listOf(answer['excluded']).filter((item) => isPartOf(item, id));
  const others = new Set(
    all.filter((item) => !isPartOf(item, id)).map((item) => item['resource_id']),
  ).size;
  return (
    <div className="stack">
      <p className="quiet-text">
        → <span className="mono">{textOf(answer['normalized_number'] ?? '')}</span>
      </p>
      {own.length > 0 && (
        <ol className="legs">
          {legs.map((leg, index) =>
            isPartOf(leg, id) ? (
              <li key={index}>
                <code className="mono">{textOf(leg['target'] ?? '')}</code>{' '}
                <span className="quiet-text">
                  {words.editor.gateway(Number(leg['gateway_index'] ?? 0))},{' '}
                  {words.dial.position(index)}
                </span>
              </li>
            ) : null,
          )}
        </ol>
      )}
      {own.length > 0 && !legs.some((leg) => isPartOf(leg, id)) && (
        <p className="note">{words.dial.dropped}</p>
      )}
      {own.length === 0 && <p className="note">{words.dial.notTaken}</p>}
      {excluded.length > 0 && (
        <ul className="reasons">
          {excluded.map((item, index) => (
            <li key={index}>
              {typeof item['gateway_index'] === 'number' &&
                `${words.editor.gateway(item['gateway_index'])}: `}
              {textOf(item['reason'] ?? '')}
            </li>
          ))}
        </ul>
      )}
      {others > 0 && <p className="quiet-text">{words.dial.others(others)}</p>}
    </div>
  );
}

/** A resource with classifiers takes part once for each, as `<id>-<classifier>`. */
function isPartOf(item: JsonObject, id: string): boolean {
  const part = textOf(item['resource_id']);
  return part === id || part.startsWith(`${id}-`);
}

export function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : [];
}
