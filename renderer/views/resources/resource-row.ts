import { isObject, type JsonObject, textOf } from '../../../agent/client/index.ts';

/** What is kept of a row. */
export interface ResourceRow {
  readonly id: string;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly weight: number | undefined;
  readonly classifiers: string;
  readonly template: string;
}

export function toResourceRow(row: JsonObject): ResourceRow {
  const { name, weight_cost: weight, classifiers, template_name: template } = row;
  return {
    id: textOf(row['id'] ?? ''),
    name: typeof name === 'string' ? name : '',
    isEnabled: row['enabled'] !== false,
    weight: typeof weight === 'number' ? weight : undefined,
    classifiers: isObject(classifiers) ? Object.keys(classifiers).join(', ') : '',
    template: typeof template === 'string' ? template : '',
  };
}
