// A telephone number that belongs to an account, and how Crossbar shows it (reference §5.8).

import type { GregorianSeconds } from '../base/clock.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';

export const NUMBER_STATES = [
  'discovery',
  'available',
  'reserved',
  'in_service',
  'released',
  'aging',
  'deleted',
  'port_in',
  'port_out',
] as const;
export type NumberState = (typeof NUMBER_STATES)[number];

/** Which module a number's carrier is: `other` when its resource is a global one. */
export type CarrierModule = 'local' | 'other';

/** A number may be created over one that is in such a state (reference §5.4). */
export const REUSABLE_STATES: readonly NumberState[] = ['aging', 'available', 'port_in'];

/** States in which a number may be created, by who asks (reference §5.4). */
export function creatableStates(isMaster: boolean): readonly NumberState[] {
  return isMaster
    ? ['aging', 'available', 'in_service', 'port_in', 'reserved']
    : ['in_service', 'reserved'];
}

export interface StoredNumber {
  /** E.164, the id of the document. */
  readonly number: string;
  readonly accountId: string;
  readonly state: NumberState;
  readonly carrierModule: CarrierModule;
  readonly resourceId: string | undefined;
  /** `N-<32hex>` */
  readonly revision: string;
  readonly created: GregorianSeconds;
  readonly modified: GregorianSeconds;
  /** Further public fields. */
  readonly doc: JsonObject;
}

const FEATURES: readonly JsonValue[] = ['local'];
const FEATURES_AVAILABLE: readonly JsonValue[] = ['force_outbound', 'prepend'];
/** Keys the agent itself writes into a number document. */
const OWN_KEYS: ReadonlySet<string> = new Set([
  'id',
  'state',
  'features',
  'resource_id',
  'create_with_state',
]);

/** What of a client's fields is kept: not the agent's own keys, nor private ones. */
export function publicNumberFields(data: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(data).filter(
      ([key, value]) =>
        !OWN_KEYS.has(key) && !key.startsWith('_') && !key.startsWith('pvt_') && value !== null,
    ),
  );
}

/** What the public document of a number is made from. */
export type NumberFacts = Omit<StoredNumber, 'accountId' | 'revision'>;

/** The document of one number, also the value in a job's `success`. */
export function numberDocument(facts: NumberFacts): JsonObject {
  return {
    ...facts.doc,
    id: facts.number,
    state: facts.state,
    features: FEATURES,
    ...(facts.resourceId === undefined ? {} : { resource_id: facts.resourceId }),
    _read_only: {
      created: facts.created,
      modified: facts.modified,
      state: facts.state,
      features: FEATURES,
      features_available: FEATURES_AVAILABLE,
      carrier_module: facts.carrierModule,
    },
  };
}

/** A row of the list of an account's numbers. */
export function numberRow(stored: StoredNumber): JsonObject {
  return {
    assigned_to: stored.accountId,
    created: stored.created,
    updated: stored.modified,
    state: stored.state,
    features: FEATURES,
    features_allowed: [],
    features_denied: [],
    features_available: FEATURES_AVAILABLE,
    ...(typeof stored.doc['used_by'] === 'string' ? { used_by: stored.doc['used_by'] } : {}),
  };
}

/** Why a number could not be created, in Kazoo's words (reference §5.4). */
export type NumberRefusal = 'not_reconcilable' | 'duplicate' | 'number_exists' | 'forbidden';

/** @param number the number in E.164 */
export function refusalDocument(reason: NumberRefusal, number: string): JsonObject {
  if (reason === 'forbidden')
    return {
      code: 403,
      error: 'forbidden',
      message: 'requestor is unauthorized to perform operation',
    };
  if (reason !== 'number_exists') return { reason };
  return {
    code: 409,
    error: 'number_exists',
    cause: number,
    message: `number ${number} already exists`,
  };
}

/** Normalisation and classification as jobs and the numbers API ask for them. */
export interface NumberRules {
  /** `e164` is the trimmed text where no converter knows how; `reconcilable`: looks real. */
  normalize(text: string): {
    readonly e164: string;
    readonly reconcilable: boolean;
    readonly classifier: string | undefined;
  };
  /** The first classifier that matches, in table order. */
  classify(text: string): NamedClassifier | undefined;
  readonly text: { readonly classifiers: readonly NamedClassifier[] };
}

export interface NamedClassifier {
  readonly name: string;
  readonly regex: string;
  readonly entry: JsonObject;
}
