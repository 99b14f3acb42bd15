import { useEffect, useState } from 'react';
import { ClientError, isObject, type JsonObject, textOf } from '../../../agent/client/index.ts';
import { basePath, type Scope } from '../../state/paths.ts';
import { curlOf } from '../../state/curl.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Badge, Empty, Loading } from '../../ui/panel.tsx';
import { Failed } from '../failed.tsx';
import { go, useScene } from '../scene.ts';
import { listOf } from '../resources/dial-preview.tsx';
import { useNames } from '../resources/names.ts';
import { ScopeChoice } from '../resources/scope-choice.tsx';
import type { ViewProps } from '../view-props.ts';

interface Question {
  readonly number: string;
  readonly callerId: string;
  readonly flags: string;
}

/** Dial a number: where the call would go, with the exact strings, and why not elsewhere. */
export function Routes({ place }: ViewProps) {
  const { session, identity, host, toast } = useScene();
  const [scope, setScope] = useState<Scope>('account');
  const [number, setNumber] = useState(place[0] ?? '');
  const [callerId, setCallerId] = useState('');
  const [flags, setFlags] = useState('');
  const [asked, setAsked] = useState<Question | undefined>(
    place[0] === undefined ? undefined : { number: place[0], callerId: '', flags: '' },
  );
  const [answer, setAnswer] = useState<JsonObject>();
  const [error, setError] = useState<ClientError>();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (asked === undefined) return undefined;
    const abort = new AbortController();
    session.client
      .request(`${basePath(identity, scope)}/routes`, {
        method: 'PUT',
        data: dataOf(asked),
        signal: abort.signal,
      })
      .then(({ data }) => {
        setAnswer(isObject(data) ? data : {});
        setError(undefined);
      })
      .catch((cause: unknown) => {
        if (cause instanceof ClientError) setError(cause);
        else if (!abort.signal.aborted) throw cause;
      });
    return () => abort.abort();
  }, [asked, scope, turn, session, identity]);
  const ask = (): void => {
    const text = number.trim();
    if (text === '') return;
    setAsked({ number: text, callerId: callerId.trim(), flags: flags.trim() });
    go('routes', text);
  };
  return (
    <section className="view">
      <header className="toolbar">
        <h1>{words.routes.title}</h1>
        <ScopeChoice scope={scope} onChange={setScope} />
        <span className="grow" />
        {asked !== undefined && (
          <Button
            look="quiet"
            onClick={() => {
              host
                .copyText(
                  curlOf(session.site.address, {
                    method: 'PUT',
                    path: `${basePath(identity, scope)}/routes`,
                    data: dataOf(asked),
                  }),
                )
                .then(() => toast('good', words.copied))
                .catch(() => toast('bad', words.notCopied));
            }}
          >
            {words.copyCurl}
          </Button>
        )}
      </header>
      <form
        className="ask"
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <TextField
          label={words.dial.number}
          type="tel"
          isMono
          value={number}
          onChange={setNumber}
          autoFocus
        />
        <TextField label={words.routes.callerId} isMono value={callerId} onChange={setCallerId} />
        <TextField
          label={words.routes.flags}
          value={flags}
          onChange={setFlags}
          placeholder="fax, tollfree"
        />
        <Button type="submit" look="main" disabled={number.trim() === ''}>
          {words.routes.ask}
        </Button>
      </form>
      <Failed error={error} onRetry={() => setTurn(turn + 1)} />
      <div className="pad scroll" aria-live="polite">
        {asked === undefined ? (
          <Empty title={words.dial.hint} />
        ) : answer === undefined ? (
          error === undefined && <Loading text={words.dial.asking} />
        ) : (
          <Answer answer={answer} scope={scope} />
        )}
      </div>
    </section>
  );
}

function dataOf({ number, callerId, flags }: Question): JsonObject {
  const list = flags.split(/[\s,]+/).filter(Boolean);
  return {
    number,
    ...(callerId === '' ? {} : { caller_id_number: callerId }),
    ...(list.length === 0 ? {} : { flags: list }),
  };
}

function Answer({ answer, scope }: { readonly answer: JsonObject; readonly scope: Scope }) {
  const dial = isObject(answer['dial']) ? answer['dial'] : {};
  const legs = listOf(dial['legs']);
  const endpoints = listOf(answer['endpoints']);
  const excluded = listOf(answer['excluded']);
  const names = useNames(
    scope,
    [...excluded, ...legs].map((item) => textOf(item['resource_id'])),
  );
  const nameOf = (item: JsonObject): string => {
    const id = textOf(item['resource_id']);
    const known = endpoints.find((endpoint) => endpoint['resource_id'] === id)?.['resource_name'];
    if (typeof known === 'string') return known;
    const classifier = classifierOf(id, names);
    return classifier === undefined
      ? (names.get(id) ?? id)
      : `${names.get(id.slice(0, -1 - classifier.length)) ?? id} (${classifier})`;
  };
  const idOf = (item: JsonObject): string => {
    const id = textOf(item['resource_id']);
    const classifier = classifierOf(id, names);
    return classifier === undefined ? id : id.slice(0, -1 - classifier.length);
  };
  const response = isObject(answer['response']) ? answer['response'] : undefined;
  return (
    <div className="stack">
      <p className="row">
        <span className="mono strong">{textOf(answer['normalized_number'] ?? '')}</span>
        {legs.length > 0 ? (
          <Badge tone="good">{words.routes.legs(legs.length)}</Badge>
        ) : (
          <Badge tone="bad">{words.dial.none}</Badge>
        )}
        {typeof answer['timing_us'] === 'number' && (
          <span className="quiet-text number">{words.routes.took(answer['timing_us'])}</span>
        )}
      </p>
      {response !== undefined && (
        <p className="note mono">
          {textOf(response['code'])} {textOf(response['message'])} {textOf(response['error'])}
        </p>
      )}
      {legs.length > 0 && (
        <ol className="leg-list">
          {legs.map((leg, index) => (
            <li key={index}>
              <span className="number strong">{index + 1}</span>
              <span>
                <a href={`#/resources/${scope}/${encodeURIComponent(idOf(leg))}`}>{nameOf(leg)}</a>{' '}
                <span className="quiet-text">
                  {words.editor.gateway(Number(leg['gateway_index'] ?? 0))}
                </span>
              </span>
              <code className="mono block">{textOf(leg['target'] ?? '')}</code>
              <details className="fold">
                <summary>{words.routes.variables}</summary>
                <pre className="mono">
                  {Object.entries(isObject(leg['vars']) ? leg['vars'] : {})
                    .map(
                      ([key, value]) =>
                        `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
                    )
                    .join('\n')}
                </pre>
              </details>
            </li>
          ))}
        </ol>
      )}
      {typeof dial['raw'] === 'string' && dial['raw'] !== '' && (
        <details className="fold">
          <summary>{words.routes.whole}</summary>
          <pre className="mono wrap">{dial['raw']}</pre>
        </details>
      )}
      {excluded.length > 0 && (
        <>
          <h2>{words.routes.leftOut(excluded.length)}</h2>
          <table className="list-table">
            <thead>
              <tr>
                <th scope="col">{words.resources.column.name}</th>
                <th scope="col">{words.routes.stage}</th>
                <th scope="col">{words.routes.why}</th>
              </tr>
            </thead>
            <tbody>
              {excluded.slice(0, 500).map((item, index) => (
                <tr key={index}>
                  <td>
                    <a href={`#/resources/${scope}/${encodeURIComponent(idOf(item))}`}>
                      {nameOf(item)}
                    </a>
                    {typeof item['gateway_index'] === 'number' && (
                      <span className="quiet-text">
                        {' '}
                        {words.editor.gateway(item['gateway_index'])}
                      </span>
                    )}
                  </td>
                  <td className="quiet-text">{textOf(item['stage']).replaceAll('_', ' ')}</td>
                  <td>{textOf(item['reason'])}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </div>
  );
}

/** Of the part of a resource that a classifier makes, `<id>-<classifier>`. */
function classifierOf(part: string, names: ReadonlyMap<string, string>): string | undefined {
  if (names.has(part)) return undefined;
  for (let at = part.indexOf('-'); at > 0; at = part.indexOf('-', at + 1))
    if (names.has(part.slice(0, at))) return part.slice(at + 1);
  return undefined;
}
