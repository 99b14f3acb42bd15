// Many resources in one call (Crossbar reference §4): all of them or none. Elements are
// checked before the transaction, some at a time, so that neither the event loop nor the
// writer waits for ten thousand of them.

import { type FieldErrors, invalidFields, isCode } from '../base/error.ts';
import { GrowingIds } from '../base/ids.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { maskSecrets } from '../base/mask.ts';
import { nextTurn } from '../base/next-turn.ts';
import type { DocumentChange, NewDocument, StoredDocument } from '../document/document-store.ts';
import { mergePatch } from '../document/merge.ts';
import { assertPreconditions } from '../document/precondition.ts';
import { idForNew, publicPart } from '../resource/resource-rules.ts';
import {
  changeOf,
  type ResourceServiceOptions,
  type ResourceTarget,
  scopeOf,
} from './resources.ts';

/** Crossbar's flat map, or a sentence where there is no document to check. */
export type ElementErrors = FieldErrors | string;

export interface CollectionOutcome {
  /** By id, or by index for an element without a usable id. Empty: everything is stored. */
  readonly errors: ReadonlyMap<string, ElementErrors>;
  /** Empty when there are errors. */
  readonly stored: readonly StoredDocument[];
}

/** Elements checked between two turns of the event loop. */
const ELEMENTS_PER_TURN = 100;
const MAX_ATTEMPTS = 3;

export class ResourceCollections {
  readonly #options: Pick<ResourceServiceOptions, 'storage' | 'validator' | 'random'>;
  readonly #ids: GrowingIds;

  constructor(options: Pick<ResourceServiceOptions, 'storage' | 'validator' | 'random'>) {
    this.#options = options;
    this.#ids = new GrowingIds(options.random);
  }

  /**
   * Creates every element. Of two with one id the last counts.
   * @throws document.conflict (an id is taken), document.revision-mismatch (If-Match: there is
   *   no revision of a collection)
   */
  async create(target: ResourceTarget, elements: readonly JsonValue[]): Promise<CollectionOutcome> {
    assertPreconditions(target.preconditions, undefined);
    const checked = new ElementChecks<NewDocument>();
    for (const [index, element] of elements.entries()) {
      if (index % ELEMENTS_PER_TURN === 0) await nextTurn();
      checked.add(idIn(element), index, () => {
        const data = assertObject(element);
        const id = idForNew(data, this.#ids);
        return { id, doc: this.#options.validator.validate(publicPart(data)) };
      });
    }
    const { errors, passed: entries } = checked.outcome();
    if (errors.size > 0 || entries.length === 0) return { errors, stored: [] };
    const stored = await this.#options.storage.write(async (writers) => {
      const scope = scopeOf(target.accountId);
      const created = await writers.documents.insertMany(scope, entries, target.by);
      for (const after of created)
        writers.record(changeOf('resource.created', target, undefined, after));
      return created;
    });
    return { errors, stored };
  }

  /**
   * Merges every element into the resource it names. Of two with one id the last counts.
   * @throws document.conflict (others kept writing), document.revision-mismatch (If-Match)
   */
  async merge(target: ResourceTarget, elements: readonly JsonValue[]): Promise<CollectionOutcome> {
    assertPreconditions(target.preconditions, undefined);
    for (let attempt = 1; ; attempt += 1) {
      const { errors, changes } = await this.#prepareMerge(target, elements);
      if (errors.size > 0 || changes.length === 0) return { errors, stored: [] };
      try {
        return { errors, stored: await this.#replaceAll(target, changes) };
      } catch (error) {
        // Somebody wrote one of them since it was read: read and merge again.
        if (!isCode(error, 'document.conflict') || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  async #prepareMerge(
    target: ResourceTarget,
    elements: readonly JsonValue[],
  ): Promise<{
    readonly errors: ReadonlyMap<string, ElementErrors>;
    readonly changes: readonly DocumentChange[];
  }> {
    const ids = elements.flatMap((element) => idIn(element) ?? []);
    const found = await this.#options.storage.read.documents.loadMany(
      scopeOf(target.accountId),
      ids,
    );
    const live = new Map(found.map((document) => [document.id, document]));
    const checked = new ElementChecks<DocumentChange>();
    for (const [index, element] of elements.entries()) {
      if (index % ELEMENTS_PER_TURN === 0) await nextTurn();
      const id = idIn(element);
      checked.add(id, index, () => {
        const data = assertObject(element);
        const current = id === undefined ? undefined : live.get(id);
        if (current === undefined) throw new ElementRefused('resource does not exist');
        const merged = mergePatch(current.doc, publicPart(data));
        return { current, doc: this.#options.validator.validate(merged) };
      });
    }
    const { errors, passed: changes } = checked.outcome();
    return { errors, changes };
  }

  #replaceAll(
    target: ResourceTarget,
    changes: readonly DocumentChange[],
  ): Promise<readonly StoredDocument[]> {
    return this.#options.storage.write(async (writers) => {
      const scope = scopeOf(target.accountId);
      const stored = await writers.documents.replaceMany(scope, changes, target.by);
      stored.forEach((after, index) =>
        writers.record(changeOf('resource.changed', target, changes[index]?.current, after)),
      );
      return stored;
    });
  }
}

/** Elements by id; a later one with the same id takes the place of an earlier one. */
class ElementChecks<Checked> {
  readonly #results = new Map<string | number, ElementResult<Checked>>();

  /** @param id undefined: the element has none and goes by its index. */
  add(id: string | undefined, index: number, check: () => Checked): void {
    // What is no id can be as long as the body.
    const key = id !== undefined && id.length <= 64 ? id : index;
    this.#results.delete(key);
    this.#results.set(key, resultOf(check));
  }

  outcome(): {
    readonly errors: ReadonlyMap<string, ElementErrors>;
    readonly passed: readonly Checked[];
  } {
    const errors = new Map<string, ElementErrors>();
    const passed: Checked[] = [];
    for (const [key, result] of this.#results)
      if ('errors' in result) errors.set(String(key), result.errors);
      else passed.push(result.checked);
    return { errors, passed };
  }
}

type ElementResult<Checked> = { readonly checked: Checked } | { readonly errors: ElementErrors };

function resultOf<Checked>(check: () => Checked): ElementResult<Checked> {
  try {
    return { checked: check() };
  } catch (error) {
    if (error instanceof ElementRefused) return { errors: error.message };
    if (isCode(error, 'request.invalid')) return { errors: error.detail['fields'] as FieldErrors };
    throw error;
  }
}

function idIn(element: JsonValue): string | undefined {
  const id = isJsonObject(element) ? element['id'] : undefined;
  return typeof id === 'string' ? id : undefined;
}

class ElementRefused extends Error {}

function assertObject(element: JsonValue): JsonObject {
  if (isJsonObject(element)) return element;
  throw invalidFields({
    data: {
      type: {
        message: 'Value did not match type(s): object',
        target: 'object',
        value: maskSecrets(element),
      },
    },
  });
}
