// What a reader of gear output returns: what it understood, and the lines it did not.

export interface Parsed<T> {
  readonly values: readonly T[];
  readonly unparsed: readonly string[];
}
