// Why a request to an agent did not do what was asked, as its users can tell it apart.

/** JSON as it comes in; whoever knows more narrows it. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };
export type JsonObject = { readonly [key: string]: Json | undefined };

/**
 * - `unreachable`: no reply; the request may or may not have arrived
 * - `signed-out`: no token, or it is not good any more
 * - `forbidden`: the token may not do that
 * - `invalid`: fields are wrong; `fields` says which
 * - `conflict`: somebody else changed it meanwhile
 * - `missing`: there is no such thing (any more), or this agent is too old to know it
 * - `limited`: asked too often
 * - `refused`: any other refusal
 * - `broken`: the agent failed, or what answered is no agent
 */
export type ClientErrorKind =
  | 'unreachable'
  | 'signed-out'
  | 'forbidden'
  | 'invalid'
  | 'conflict'
  | 'missing'
  | 'limited'
  | 'refused'
  | 'broken';

export interface FieldProblem {
  /** Dotted, as the agent writes it: `gateways.0.server`. */
  readonly path: string;
  /** `required`, `type`, `enum`, … */
  readonly rule: string;
  readonly message: string;
}

export class ClientError extends Error {
  readonly kind: ClientErrorKind;
  /** HTTP status; 0 when no reply came. */
  readonly status: number;
  readonly fields: readonly FieldProblem[];
  /** `data` of the reply. */
  readonly data: Json;
  readonly requestId: string | undefined;

  constructor(
    kind: ClientErrorKind,
    message: string,
    facts: {
      readonly status?: number;
      readonly data?: Json;
      readonly requestId?: string | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: facts.cause });
    this.name = 'ClientError';
    this.kind = kind;
    this.status = facts.status ?? 0;
    this.data = facts.data ?? null;
    this.requestId = facts.requestId;
    this.fields = kind === 'invalid' ? fieldsOf(this.data) : [];
  }
}

/** `{"a.b": {"required": {"message": …}}}` → one entry a rule. */
function fieldsOf(data: Json): readonly FieldProblem[] {
  if (!isObject(data)) return [];
  return Object.entries(data).flatMap(([path, rules]) =>
    isObject(rules)
      ? Object.entries(rules).map(([rule, failure]) => ({
          path,
          rule,
          message:
            isObject(failure) && typeof failure['message'] === 'string' ? failure['message'] : rule,
        }))
      : [],
  );
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function kindOf(status: number): ClientErrorKind {
  switch (status) {
    case 400:
      return 'invalid';
    case 401:
      return 'signed-out';
    case 403:
      return 'forbidden';
    case 404:
    case 405:
    case 410:
      return 'missing';
    case 409:
    case 412:
      return 'conflict';
    case 429:
      return 'limited';
    default:
      return status >= 500 ? 'broken' : 'refused';
  }
}

/** A value for a line of text: text and numbers as they are, the rest as JSON. */
export function textOf(value: unknown, fallback = ''): string {
  if (value === undefined || value === null) return fallback;
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}
