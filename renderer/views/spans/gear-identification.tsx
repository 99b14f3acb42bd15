import { isObject, type JsonObject, textOf } from '../../../agent/client/index.ts';
import { words } from '../../text/words.ts';

/** What a driver says of the device behind a link, and on what evidence. */
export function GearIdentification({ found }: { readonly found: JsonObject }) {
  const identity = isObject(found['identity']) ? found['identity'] : {};
  const error = isObject(found['error']) ? found['error'] : undefined;
  return (
    <div className="note">
      <strong>{textOf(found['driver'])}</strong> {words.gear.score(Number(found['score'] ?? 0))}{' '}
      {textOf(found['evidence'])} {error !== undefined && textOf(error['message'])}
      {Object.entries(identity).map(([key, value]) => (
        <div key={key}>
          {key}: {textOf(value)}
        </div>
      ))}
    </div>
  );
}
