// Which spans a FreeTDM dial string `freetdm/<span>/…` means, by FreeTDM's own rules: all digits
// are a span's id; else a name is a span's, else a group's. An id never falls back to a name.

import type { SpanReport } from './span.ts';

/** What of a span the rules look at. */
export type DialledSpan = Pick<SpanReport, 'native' | 'name' | 'detail'>;

/**
 * @param text the `<span>` of the dial string
 * @param spans all spans of one FreeSWITCH
 * @returns the spans it can reach; none when there is none of that id, name or group
 */
export function spansDialledAs<Span extends DialledSpan>(
  text: string,
  spans: readonly Span[],
): readonly Span[] {
  if (/^\d+$/.test(text)) {
    const id = Number(text);
    return spans.filter((span) => Number(idOf(span)) === id);
  }
  const named = spans.filter(({ native, name }) => native === text || name === text);
  return named.length > 0 ? named : spans.filter((span) => groupsOf(span).includes(text));
}

/** FreeTDM counts spans from 1; drivers tell the number in the detail. */
function idOf({ native, detail }: DialledSpan): string {
  return detail['span_id'] ?? detail['id'] ?? native;
}

function groupsOf({ detail }: DialledSpan): readonly string[] {
  return (detail['groups'] ?? detail['group'] ?? '').split(/[\s,]+/).filter((name) => name !== '');
}
