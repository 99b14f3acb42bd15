import { siteWords } from '../../text/sites.ts';

/** What the host said of a failure. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : siteWords.failed;
}
