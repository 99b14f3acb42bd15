// The agent's page for now: the resources of the signed-in account and the global ones.

interface Row {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly weight_cost: number;
}

const status = document.querySelector('#status');
const table = document.querySelector('table');
const body = document.querySelector('tbody');

/** @returns the reply's `data`; undefined when not signed in. */
async function load(path: string): Promise<unknown> {
  const response = await fetch(path);
  if (response.status === 401) return undefined;
  const reply = (await response.json()) as { data: unknown; message?: string };
  if (!response.ok) throw new Error(reply.message ?? String(response.status));
  return reply.data;
}

function show(text: string): void {
  if (status !== null) status.textContent = text;
}

async function main(): Promise<void> {
  const token = (await load('/v2/token_auth')) as { account_id: string } | undefined;
  if (token === undefined) {
    show('Not signed in. The sign-in link is printed where the agent was started.');
    return;
  }
  const own = (await load(`/v2/accounts/${token.account_id}/resources`)) as Row[];
  const global = (await load('/v2/resources')) as Row[];
  const rows = [
    ...own.map((row) => ({ ...row, where: 'account' })),
    ...global.map((row) => ({ ...row, where: 'global' })),
  ].sort((a, b) => a.weight_cost - b.weight_cost || a.name.localeCompare(b.name));
  for (const row of rows) {
    const line = document.createElement('tr');
    for (const text of [
      row.name,
      row.where,
      row.enabled ? 'yes' : 'no',
      String(row.weight_cost),
      row.id,
    ])
      line.appendChild(document.createElement('td')).textContent = text;
    body?.appendChild(line);
  }
  show(rows.length === 0 ? 'No resources yet.' : `${String(rows.length)} resources`);
  if (rows.length > 0) table?.removeAttribute('hidden');
}

main().catch((error: unknown) =>
  show(`The agent does not answer: ${error instanceof Error ? error.message : String(error)}`),
);
