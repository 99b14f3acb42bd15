import { type Client, type JsonObject, textOf } from '../../../agent/client/index.ts';
import type { Tone } from '../../ui/panel.tsx';
import { listOf } from '../resources/dial-preview.tsx';

export const SEVERITY_TONES: Readonly<Record<string, Tone>> = {
  critical: 'bad',
  major: 'bad',
  minor: 'warn',
  warning: 'warn',
};

const RANK = ['critical', 'major', 'minor', 'warning'];

/** Up to 500, the worst first. @throws ClientError */
export async function loadAlarms(
  client: Client,
  state: 'active' | 'cleared' | undefined,
): Promise<readonly JsonObject[]> {
  const { data } = await client.request('/v2/alarms', { query: { state, page_size: 500 } });
  const rows = listOf(data);
  if (state !== 'active') return rows;
  return [...rows].sort((a, b) => rankOf(a) - rankOf(b));
}

function rankOf(row: JsonObject): number {
  const index = RANK.indexOf(textOf(row['severity']));
  return index < 0 ? RANK.length : index;
}

export const SEVERITIES: readonly string[] = RANK;

/** Those with all the words in them, of one severity or of all. */
export function filterAlarms(
  rows: readonly JsonObject[],
  text: string,
  severity: string | undefined,
): readonly JsonObject[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (severity !== undefined && textOf(row['severity']) !== severity) return false;
    const said = ['name', 'span', 'gear_id', 'explanation', 'note', 'severity']
      .map((key) => textOf(row[key]))
      .join(' ')
      .toLowerCase();
    return wanted.every((word) => said.includes(word));
  });
}
