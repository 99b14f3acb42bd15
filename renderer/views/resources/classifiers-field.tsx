import { isObject, textOf } from '../../../agent/client/index.ts';
import { basePath } from '../../state/paths.ts';
import { fieldAt } from '../../form/schema.ts';
import { words } from '../../text/words.ts';
import { useQuery, useScene } from '../scene.ts';
import { MemberFields, NamedCards } from './named-cards.tsx';
import { SchemaField } from './schema-field.tsx';

const SETTINGS = [
  ['enabled', 'Enabled'],
  ['emergency', 'Emergency'],
  ['weight_cost', 'Weight'],
  ['prefix', 'Prefix', 'mono'],
  ['suffix', 'Suffix', 'mono'],
  ['regex', 'Regular expression', 'mono'],
] as const;
const KNOWN = SETTINGS.map(([key]) => key);

/** Which classes of numbers the resource takes, and how; the names are those the agent knows. */
export function ClassifiersField() {
  const { session, identity, schemas } = useScene();
  const path = `${basePath(identity, 'account')}/phone_numbers/classifiers`;
  const { data: known = [] } = useQuery(async () => {
    const { data } = await session.client.request(path);
    return Object.entries(isObject(data) ? data : {}).map(([name, entry]) => {
      const friendly = isObject(entry) ? textOf(entry['friendly_name']) : '';
      return [name, friendly] as const;
    });
  }, path);
  return (
    <section className="stack wide" aria-label={words.editor.classifiers}>
      <h2>{words.editor.classifiers}</h2>
      <p className="quiet-text">{fieldAt(schemas, 'resources', 'classifiers').help}</p>
      <NamedCards
        path="classifiers"
        addLabel={words.editor.classifier}
        addText={words.editor.addClassifier}
        suggestions={known}
        initial={{}}
        titleOf={(name) => known.find(([each]) => each === name)?.[1] ?? ''}
      >
        {(_name, at) => (
          <MemberFields at={at} known={KNOWN}>
            {SETTINGS.map(([key, label, look]) => (
              <SchemaField key={key} path={`${at}.${key}`} label={label} isMono={look === 'mono'} />
            ))}
          </MemberFields>
        )}
      </NamedCards>
    </section>
  );
}
