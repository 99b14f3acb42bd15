export interface ViewProps {
  /** What follows the view's name in the address. */
  readonly place: readonly string[];
}
