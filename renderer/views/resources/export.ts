import { ClientError } from '../../../agent/client/index.ts';
import { withoutSecrets } from '../../state/document.ts';
import { words } from '../../text/words.ts';
import type { Scene } from '../scene.ts';

/** The whole list as a file. Rows are summaries; passwords are in neither form. */
export async function exportResources(
  { session, host, toast }: Scene,
  path: string,
  format: 'csv' | 'json',
): Promise<void> {
  try {
    if (format === 'csv') {
      const text = await session.client.text(path, {
        query: { accept: 'csv', escape_formulas: true, sort: 'name' },
      });
      await host.saveFile('resources.csv', 'text/csv', text);
      return;
    }
    const { data } = await session.client.request(path, { query: { paginate: false } });
    const rows = Array.isArray(data) ? data : [];
    const documents = [];
    for (const row of rows) {
      const id = (row as { readonly id?: unknown }).id;
      if (typeof id !== 'string') continue;
      const one = await session.client.request(`${path}/${encodeURIComponent(id)}`);
      documents.push(withoutSecrets(one.data));
    }
    await host.saveFile('resources.json', 'application/json', JSON.stringify(documents, null, 2));
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    toast('bad', words.errors[error.kind]);
  }
}
