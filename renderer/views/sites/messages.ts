import { words } from '../../text/words.ts';

/** What the host said of a failure. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : words.sites.failed;
}
