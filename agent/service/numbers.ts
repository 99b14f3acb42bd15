// Use cases of single telephone numbers (reference §5.8): one transaction each, audited.

import type { Account } from '../account/account.ts';
import { isMasterAccount, reaches } from '../account/account.ts';
import type { Actor } from '../base/change.ts';
import { CraftportError, invalidFields } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import { mergePatch } from '../document/merge.ts';
import {
  assertPreconditions,
  NO_PRECONDITIONS,
  type Preconditions,
} from '../document/precondition.ts';
import type { DocumentValidator } from '../document/validate.ts';
import {
  creatableStates,
  type NamedClassifier,
  numberDocument,
  type NumberRules,
  type NumberState,
  publicNumberFields,
  REUSABLE_STATES,
  type StoredNumber,
} from '../number/number-document.ts';
import type { NumberPage } from '../number/number-store.ts';
import type { Storage, StorageWriters } from './storage.ts';

export interface NumberServiceOptions {
  readonly storage: Storage;
  /** Of the schema `phone_numbers`. */
  readonly validator: DocumentValidator;
  /** Number tables (`number_manager`) and the account's dial plan, now. */
  readonly rules: (account: Account) => NumberRules;
  /** Whether tokens of that account may add numbers. */
  readonly mayAdd: (holder: Account) => boolean;
}

export interface NumberTarget {
  readonly account: Account;
  /** The account of the token: what it may create depends on it. */
  readonly holder: Account;
  readonly preconditions: Preconditions;
  readonly by: Actor;
}

/** What a collection call did to each number. */
export interface CollectionOutcome {
  readonly success: readonly StoredNumber[];
  readonly errors: readonly (readonly [string, CraftportError])[];
}

/** State of a number that is created without asking for one (reference §10, quirk 32). */
const FIRST_STATE: NumberState = 'reserved';
const TRANSITIONS = {
  activate: { to: 'in_service', from: ['available', 'reserved', 'in_service', 'port_in'] },
  reserve: { to: 'reserved', from: ['available', 'reserved', 'aging'] },
} as const satisfies Readonly<
  Record<string, { readonly to: NumberState; readonly from: readonly NumberState[] }>
>;
export type NumberTransition = keyof typeof TRANSITIONS;

export class NumberService {
  readonly #options: NumberServiceOptions;

  constructor(options: NumberServiceOptions) {
    this.#options = options;
  }

  /** @throws number.not-found, also when another account has it */
  async fetch(account: Account, text: string): Promise<StoredNumber> {
    const number = this.#options.rules(account).normalize(text).e164;
    return owned(await this.#options.storage.read.numbers.load(number), account, number);
  }

  page(account: Account, request: NumberPage): Promise<readonly StoredNumber[]> {
    return this.#options.storage.read.numbers.page(account.id, request);
  }

  /** Which account has the number, when the token reaches it. @throws number.not-found */
  async identify(holder: Account, text: string): Promise<StoredNumber> {
    const number = this.#options.rules(holder).normalize(text).e164;
    const { read } = this.#options.storage;
    const stored = await read.numbers.load(number);
    const account = stored === undefined ? undefined : await read.accounts.load(stored.accountId);
    if (stored === undefined || account === undefined || !reaches(holder, account))
      throw notFound(number);
    return stored;
  }

  /** Whether each number could be created. */
  async available(
    account: Account,
    texts: readonly string[],
  ): Promise<ReadonlyMap<string, boolean>> {
    const { read } = this.#options.storage;
    const rules = this.#options.rules(account);
    const answers = new Map<string, boolean>();
    for (const text of texts) {
      const { e164, reconcilable } = rules.normalize(text);
      const stored = await read.numbers.load(e164);
      answers.set(text, reconcilable && (stored === undefined || isReusable(stored, account)));
    }
    return answers;
  }

  classifiers(account: Account): readonly NamedClassifier[] {
    return this.#options.rules(account).text.classifiers;
  }

  classify(
    account: Account,
    text: string,
  ): {
    readonly e164: string;
    readonly classifier: NamedClassifier | undefined;
  } {
    const rules = this.#options.rules(account);
    return { e164: rules.normalize(text).e164, classifier: rules.classify(text) };
  }

  /**
   * @throws request.invalid, auth.forbidden, number.not-reconcilable, number.exists,
   * document.revision-mismatch
   */
  create(target: NumberTarget, text: string, data: JsonObject): Promise<StoredNumber> {
    const fields = this.#check(target, data);
    this.#assertMayAdd(target);
    return this.#options.storage.write((writers) => this.#create(writers, target, text, fields));
  }

  /** @throws request.invalid, number.not-found, document.revision-mismatch */
  replace(target: NumberTarget, text: string, data: JsonObject): Promise<StoredNumber> {
    const fields = publicNumberFields(this.#check(target, data));
    return this.#options.storage.write((writers) =>
      this.#change(writers, target, text, (current) => ({ ...current, doc: fields })),
    );
  }

  /** @throws number.not-found, request.invalid, document.revision-mismatch */
  patch(target: NumberTarget, text: string, data: JsonObject): Promise<StoredNumber> {
    this.#check(target, data);
    return this.#options.storage.write((writers) =>
      this.#change(writers, target, text, (current) => merged(current, data)),
    );
  }

  /** Releases the number: local numbers do not age, they go (reference §5.8). */
  remove(target: NumberTarget, text: string): Promise<StoredNumber> {
    return this.#options.storage.write((writers) => this.#remove(writers, target, text));
  }

  /** @throws number.not-found, request.invalid when its state does not allow it */
  transition(target: NumberTarget, text: string, how: NumberTransition): Promise<StoredNumber> {
    const { to, from } = TRANSITIONS[how];
    return this.#options.storage.write((writers) =>
      this.#change(writers, target, text, (current) => {
        if (!(from as readonly NumberState[]).includes(current.state))
          throw invalidFields({
            state: {
              invalid_state_transition: {
                message: `invalid state transition from ${current.state} to ${to}`,
                cause: `from ${current.state} to ${to}`,
              },
            },
          });
        return { ...current, state: to };
      }),
    );
  }

  /**
   * The same for many numbers in one transaction; each has an outcome of its own.
   * @throws request.invalid for `data` itself, auth.forbidden
   */
  collection(
    target: NumberTarget,
    how: 'create' | 'replace' | 'patch' | 'remove',
    texts: readonly string[],
    data: JsonObject,
  ): Promise<CollectionOutcome> {
    const fields = this.#check(target, data);
    if (how === 'create') this.#assertMayAdd(target);
    const each = { ...target, preconditions: NO_PRECONDITIONS };
    return this.#options.storage.write(async (writers) => {
      const success: StoredNumber[] = [];
      const errors: (readonly [string, CraftportError])[] = [];
      for (const text of new Set(texts)) {
        try {
          success.push(await this.#one(writers, each, how, text, fields));
        } catch (error) {
          // Refusals come before anything of that number is written.
          if (!(error instanceof CraftportError) || !isRefusal(error)) throw error;
          errors.push([text, error]);
        }
      }
      return { success, errors };
    });
  }

  #one(
    writers: StorageWriters,
    target: NumberTarget,
    how: 'create' | 'replace' | 'patch' | 'remove',
    text: string,
    fields: JsonObject,
  ): Promise<StoredNumber> {
    switch (how) {
      case 'create':
        return this.#create(writers, target, text, fields);
      case 'replace':
        return this.#change(writers, target, text, (current) => ({
          ...current,
          doc: publicNumberFields(fields),
        }));
      case 'patch':
        return this.#change(writers, target, text, (current) => merged(current, fields));
      case 'remove':
        return this.#remove(writers, target, text);
    }
  }

  async #create(
    writers: StorageWriters,
    target: NumberTarget,
    text: string,
    data: JsonObject,
  ): Promise<StoredNumber> {
    const { e164, reconcilable } = this.#options.rules(target.account).normalize(text);
    if (!reconcilable)
      throw new CraftportError('number.not-reconcilable', 'That is no telephone number', {
        detail: { number: e164 },
      });
    assertPreconditions(target.preconditions, undefined);
    const resourceId = typeof data['resource_id'] === 'string' ? data['resource_id'] : undefined;
    const isGlobal =
      resourceId !== undefined &&
      (await writers.documents.load({ kind: 'resource', accountId: undefined }, resourceId)) !==
        undefined;
    const created = await writers.numbers.create({
      number: e164,
      accountPath: target.account.path,
      state: (data['create_with_state'] as NumberState | undefined) ?? FIRST_STATE,
      carrierModule: isGlobal ? 'other' : 'local',
      resourceId,
      doc: publicNumberFields(data),
    });
    if (created === undefined)
      throw new CraftportError('number.exists', `The number ${e164} already exists`, {
        detail: { number: e164 },
      });
    record(writers, 'number.created', target, undefined, created);
    return created;
  }

  async #change(
    writers: StorageWriters,
    target: NumberTarget,
    text: string,
    next: (current: StoredNumber) => StoredNumber,
  ): Promise<StoredNumber> {
    const number = this.#options.rules(target.account).normalize(text).e164;
    const current = owned(await writers.numbers.load(number), target.account, number);
    assertPreconditions(target.preconditions, current.revision);
    const changed = await writers.numbers.replace(current, next(current));
    record(writers, 'number.changed', target, current, changed);
    return changed;
  }

  async #remove(
    writers: StorageWriters,
    target: NumberTarget,
    text: string,
  ): Promise<StoredNumber> {
    const number = this.#options.rules(target.account).normalize(text).e164;
    const current = owned(await writers.numbers.load(number), target.account, number);
    assertPreconditions(target.preconditions, current.revision);
    await writers.numbers.remove(current);
    const removed: StoredNumber = { ...current, state: 'deleted' };
    record(writers, 'number.deleted', target, current, removed);
    return removed;
  }

  /** @throws auth.forbidden */
  #assertMayAdd({ holder }: NumberTarget): void {
    if (!this.#options.mayAdd(holder))
      throw new CraftportError('auth.forbidden', 'This account may not add numbers');
  }

  /** @throws request.invalid */
  #check(target: NumberTarget, data: JsonObject): JsonObject {
    const checked = this.#options.validator.validate(data);
    const state = checked['create_with_state'];
    const allowed = creatableStates(isMasterAccount(target.holder));
    if (state !== undefined && !allowed.some((name) => name === state))
      throw invalidFields({
        create_with_state: {
          enum: {
            message: 'Value not found in enumerated list of values',
            target: allowed,
            value: state,
          },
        },
      });
    return checked;
  }
}

function merged(current: StoredNumber, data: JsonObject): StoredNumber {
  const { resource_id: resourceId } = data;
  return {
    ...current,
    doc: publicNumberFields(mergePatch(current.doc, patchOf(data))),
    ...(typeof resourceId === 'string' ? { resourceId } : {}),
  };
}

/** A null removes a key, so it stays until it has been merged. */
function patchOf(data: JsonObject): JsonObject {
  const kept = publicNumberFields(data);
  return Object.fromEntries(
    Object.entries(data).filter(([key, value]) => value === null || Object.hasOwn(kept, key)),
  );
}

function isReusable(stored: StoredNumber, account: Account): boolean {
  return REUSABLE_STATES.includes(stored.state) && account.path.includes(stored.accountId);
}

function isRefusal(error: CraftportError): boolean {
  return error.code.startsWith('number.') || error.code === 'request.invalid';
}

function owned(stored: StoredNumber | undefined, account: Account, number: string): StoredNumber {
  if (stored?.accountId !== account.id) throw notFound(number);
  return stored;
}

function notFound(number: string): CraftportError {
  return new CraftportError('number.not-found', `There is no number ${number}`, {
    detail: { id: number },
  });
}

function record(
  writers: StorageWriters,
  event: string,
  target: NumberTarget,
  before: StoredNumber | undefined,
  after: StoredNumber,
): void {
  writers.record({
    actor: target.by,
    event,
    noun: 'number',
    id: after.number,
    accountId: after.accountId,
    revision: after.revision,
    ...(before === undefined ? {} : { before: numberDocument(before) }),
    ...(event === 'number.deleted' ? {} : { after: numberDocument(after) }),
    data: { state: after.state },
  });
}
