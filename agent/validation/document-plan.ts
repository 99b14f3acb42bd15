// What a schema changes in a document before it is checked: missing keys get their defaults,
// scalars of the wrong type are converted. The schema is read once and becomes a plan that
// names only the places where something can change; applying it follows no `$ref`.
//
//   schema ──compilePlan──▶ Plan ──applyPlan(value)──▶ value to check
//
// Inside oneOf and anyOf nothing changes: which branch counts is known only after the check.
// Nor does anything below patternProperties, where no schema has a default or a lone scalar.

import { copyOf, isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { convertScalar, type ConvertibleType } from './scalar-conversion.ts';

export interface Plan {
  /** Types the value may keep as it is, and the one to try for others. */
  readonly conversion:
    { readonly kept: readonly string[]; readonly to: ConvertibleType } | undefined;
  readonly members: readonly MemberPlan[];
  /** For every member that `members` does not name. */
  readonly otherMembers: Plan | undefined;
  readonly items: Plan | undefined;
}

interface MemberPlan {
  readonly name: string;
  /** Frozen, complete with the defaults below it; undefined: stays missing. */
  readonly fallback: JsonValue | undefined;
  readonly plan: Plan | undefined;
}

/**
 * @param resolve the document that `$ref` names; draft 4 ignores what stands beside a `$ref`.
 * @returns undefined when nothing can change. A schema that contains itself is a bug and throws.
 */
export function compilePlan(
  schema: JsonObject,
  resolve: (name: string) => JsonObject,
  open: readonly JsonObject[] = [],
): Plan | undefined {
  if (open.includes(schema)) throw new TypeError('A schema contains itself.');
  const within = [...open, schema];
  if (typeof schema.$ref === 'string') return compilePlan(resolve(schema.$ref), resolve, within);
  const compileMember = (member: JsonValue | undefined): Plan | undefined =>
    member !== undefined && isJsonObject(member) ? compilePlan(member, resolve, within) : undefined;

  const members: MemberPlan[] = [];
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  for (const [name, member] of Object.entries(properties)) {
    const plan = compileMember(member);
    const fallback = isJsonObject(member) ? member.default : undefined;
    if (plan !== undefined || fallback !== undefined) {
      members.push({
        name,
        plan,
        fallback: fallback === undefined ? undefined : freeze(applyPlan(plan, fallback)),
      });
    }
  }
  const conversion = conversionOf(schema.type);
  const otherMembers = compileMember(schema.additionalProperties);
  const items = compileMember(schema.items);
  const changesNothing =
    conversion === undefined &&
    members.length === 0 &&
    otherMembers === undefined &&
    items === undefined;
  return changesNothing ? undefined : { conversion, members, otherMembers, items };
}

/**
 * @param strict leaves scalars as they are; defaults are still filled in.
 * @returns `value` itself when nothing changes, otherwise a copy along the changed branches.
 */
export function applyPlan(plan: Plan | undefined, value: JsonValue, strict = false): JsonValue {
  if (plan === undefined) return value;
  if (typeof value !== 'object' || value === null) {
    const { conversion } = plan;
    if (strict || conversion === undefined || conversion.kept.includes(typeof value)) return value;
    return convertScalar(value, conversion.to);
  }
  if (isJsonObject(value)) return applyToObject(plan, value, strict);
  return plan.items === undefined ? value : applyToItems(plan.items, value, strict);
}

function applyToObject(plan: Plan, object: JsonObject, strict: boolean): JsonObject {
  let copy: Record<string, JsonValue> | undefined;
  for (const member of plan.members) {
    const before = Object.hasOwn(object, member.name) ? object[member.name] : undefined;
    const after = before === undefined ? member.fallback : applyPlan(member.plan, before, strict);
    if (after === before || after === undefined) continue;
    copy ??= copyOf(object);
    copy[member.name] = after;
  }
  if (plan.otherMembers === undefined) return copy ?? object;
  for (const [name, before] of Object.entries(object)) {
    if (plan.members.some((member) => member.name === name)) continue;
    const after = applyPlan(plan.otherMembers, before, strict);
    if (after === before) continue;
    copy ??= copyOf(object);
    // The copy has the name as its own already, so that even `__proto__` sets no prototype.
    copy[name] = after;
  }
  return copy ?? object;
}

function applyToItems(plan: Plan, items: readonly JsonValue[], strict: boolean): JsonValue {
  let copy: JsonValue[] | undefined;
  for (const [index, before] of items.entries()) {
    const after = applyPlan(plan, before, strict);
    if (after === before) continue;
    copy ??= [...items];
    copy[index] = after;
  }
  return copy ?? items;
}

function conversionOf(type: JsonValue | undefined): Plan['conversion'] {
  const types = (Array.isArray(type) ? type : [type]) as readonly (JsonValue | undefined)[];
  const to = (['integer', 'number', 'boolean'] as const).find((name) => types.includes(name));
  if (to === undefined) return undefined;
  // `typeof` knows no integers: a 5.7 for an integer is still to be rounded.
  const kept = types.filter((name) => typeof name === 'string' && name !== 'integer');
  return { kept: kept as readonly string[], to };
}

function freeze(value: JsonValue): JsonValue {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) freeze(member);
    Object.freeze(value);
  }
  return value;
}
