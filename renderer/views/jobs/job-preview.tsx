import { isObject, type JsonObject, textOf } from '../../../agent/client/index.ts';
import { words } from '../../text/words.ts';
import { listOf } from '../resources/dial-preview.tsx';

/** What a dry run says: how many of each kind, the first of them, and what is wrong with the others. */
export function JobPreview({
  data,
  isStale,
}: {
  readonly data: JsonObject;
  readonly isStale: boolean;
}) {
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
