// Resource selectors and the chain of rules that chooses resources (reference §9.1). Kazoo keeps
// the system's in its master account, so that account's and the global ones are the same.

import { type Account, isMasterAccount } from '../account/account.ts';
import { invalidFields } from '../base/error.ts';
import type { RandomBytes } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { DocumentScope, StoredDocument } from '../document/document-store.ts';
import { assertPreconditions } from '../document/precondition.ts';
import type { SelectorReader } from '../document/selector-store.ts';
import type { DocumentValidator, SchemaSource } from '../document/validate.ts';
import { publicPart } from '../resource/resource-rules.ts';
import { DocumentService, type DocumentTarget } from './documents.ts';
import type { Storage } from './storage.ts';

export interface SelectorServiceOptions {
  readonly storage: Storage;
  readonly schemas: SchemaSource;
  readonly random: RandomBytes;
}

export const RULES_ID = 'resource_selector_rules';

/** What Kazoo does when no rules are stored: its router's default chain. */
const DEFAULT_RULES: JsonObject = {
  rules: [
    { get_resources: {} },
    { filter_list: { value_a: 'request:Flags', value_b: 'resource:flags', action: 'keep' } },
    {
      filter_regex: {
        value_a: 'number',
        value_b: 'resource:rules',
        action: 'keep',
        mode: 'empty_fail',
      },
    },
    {
      filter_regex: {
        value_a: 'cid_number',
        value_b: 'resource:cid_rules',
        action: 'keep',
        mode: 'empty_ok',
      },
    },
    { order: { value: 'resource:weight_cost', direction: 'ascend' } },
  ],
};

/** The rules of an account; without `revision` they are the default. */
export interface SelectorRules {
  readonly doc: JsonObject;
  readonly revision: string | undefined;
}

export class SelectorService extends DocumentService {
  readonly counts: SelectorReader;
  readonly #storage: Storage;
  readonly #rules: DocumentValidator;

  constructor({ storage, schemas, random }: SelectorServiceOptions) {
    const validator = schemas.validator('resource_selectors');
    super({ storage, random, check: (doc) => validator.validate(doc) });
    this.counts = storage.read.selectors;
    this.#storage = storage;
    this.#rules = schemas.validator('resource_selector_rules');
  }

  /** @throws request.invalid also for an id that is a word of the API */
  override create(target: DocumentTarget, data: JsonObject): Promise<StoredDocument> {
    const id = data['id'];
    if (id === 'name' || id === 'resource' || id === 'rules')
      throw invalidFields({
        id: { forbidden: { message: 'This id is a word of the API', cause: id } },
      });
    return super.create(target, data);
  }

  async fetchRules(accountId: string | undefined): Promise<SelectorRules> {
    const found = await this.#storage.read.documents.load(rulesScope(accountId), RULES_ID);
    return found ?? { doc: DEFAULT_RULES, revision: undefined };
  }

  /** @throws request.invalid, document.revision-mismatch */
  replaceRules(
    accountId: string | undefined,
    { preconditions, by }: Omit<DocumentTarget, 'scope'>,
    data: JsonObject,
  ): Promise<SelectorRules> {
    const doc = this.#rules.validate(publicPart(data));
    if (doc['rules'] === undefined)
      throw invalidFields({
        rules: { required: { message: 'Field is required but missing', value: 'rules' } },
      });
    const scope = rulesScope(accountId);
    return this.#storage.write(async ({ documents, record }) => {
      const current = await documents.load(scope, RULES_ID);
      assertPreconditions(preconditions, current?.revision);
      const written =
        current === undefined
          ? await documents.insert(scope, RULES_ID, doc, by)
          : await documents.replace(scope, current, doc, by);
      record({
        actor: by,
        event: `${scope.kind}.changed`,
        noun: scope.kind,
        id: RULES_ID,
        revision: written.revision,
        ...(accountId === undefined ? {} : { accountId }),
        ...(current === undefined ? {} : { before: current.doc }),
        after: written.doc,
      });
      return written;
    });
  }
}

/** undefined: the system's selectors. */
export function selectorOwner(account: Account | undefined): string | undefined {
  return account === undefined || isMasterAccount(account) ? undefined : account.id;
}

function rulesScope(accountId: string | undefined): DocumentScope {
  return { kind: 'resource_selector_rules', accountId };
}
