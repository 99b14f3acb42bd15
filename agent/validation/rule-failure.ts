// Crossbar's words for a failed rule: its key, its message and what stands beside the message.
// Clients show the message to people, so every letter counts.

import type { ErrorObject } from 'ajv';
import type { RuleFailure } from '../base/error.ts';

export interface Description {
  /** The member the failure is told at, below the value that failed. */
  readonly key?: string;
  readonly rule: string;
  readonly failure: RuleFailure;
}

/** What ajv names in an error, each by the keywords that use it. */
interface Parameters {
  readonly missingProperty: string;
  readonly additionalProperty: string;
  readonly type: string | readonly string[];
  readonly allowedValues: readonly unknown[];
  readonly limit: number;
  readonly pattern: string;
}

/**
 * The rule, message and members of one ajv error; secrets are still in clear.
 * @throws TypeError for a keyword without words: a schema uses what no client would understand.
 */
export function describeFailure(error: ErrorObject): Description {
  const value: unknown = error.data;
  const params = error.params as Parameters;
  switch (error.keyword) {
    case 'required': {
      const key = params.missingProperty;
      const message = 'Field is required but missing';
      return { key, rule: 'required', failure: { message, value: key } };
    }
    case 'additionalProperties': {
      const message = 'Strict checking of data is enabled; only include schema-defined properties';
      const key = params.additionalProperty;
      return { key, rule: 'additionalProperties', failure: { message, value } };
    }
    case 'type': {
      const target = [params.type].flat().join(', ');
      const message = `Value did not match type(s): ${target}`;
      return { rule: 'type', failure: { message, target, value } };
    }
    case 'enum': {
      const target: unknown = params.allowedValues;
      const message = 'Value not found in enumerated list of values';
      return { rule: 'enum', failure: { message, target, value } };
    }
    case 'minLength':
    case 'maxLength': {
      const target = params.limit;
      const bound = error.keyword === 'minLength' ? 'be at least' : 'not be more than';
      const message = `String must ${bound} ${target} characters`;
      return { rule: error.keyword, failure: { message, target, value, cause: value } };
    }
    case 'minimum':
    case 'maximum': {
      const target = params.limit;
      const bound = error.keyword === 'minimum' ? 'at least' : 'at most';
      return {
        rule: error.keyword,
        failure: { message: `Value must be ${bound} ${target}`, target, value },
      };
    }
    case 'minItems':
    case 'maxItems': {
      const target = params.limit;
      const message =
        error.keyword === 'minItems'
          ? `The list must have at least ${target} items`
          : `The list is more than ${target} items`;
      return { rule: error.keyword, failure: { message, target, value } };
    }
    case 'uniqueItems':
      return { rule: 'uniqueItems', failure: { message: 'List of items is not unique', value } };
    case 'pattern': {
      const target = params.pattern;
      const message = `Failed to match pattern '${target}'`;
      return { rule: 'pattern', failure: { message, target, value } };
    }
    case 'oneOf':
      return { rule: 'not_one_schema_valid', failure: { message: 'failed to validate', value } };
    case 'anyOf':
      return { rule: 'any_schemas_not_valid', failure: { message: 'failed to validate', value } };
    default:
      throw new TypeError(`No words for the schema keyword ${error.keyword}`);
  }
}
