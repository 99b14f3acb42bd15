// What the desktop does about new versions of itself: it tells, and installs nothing. A
// technician's laptop is at a site when trouble is, often without the internet, and an update in
// the middle of that is an outage of the tool. There is no server that it asks: it reads the
// versions of the agents it talks to anyway. Who installs what, and when, is people's business.

/** This program's rule, shown in the page and held by a test. */
export const UPDATE_POLICY = { installs: 'never', asks: 'agents' } as const;

/** @returns below 0: `one` is older. What is no version (`1.2.3`, `1.2.3-rc.1`) equals all. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [parse(one), parse(other)];
  if (left === undefined || right === undefined) return 0;
  for (const [index, part] of left.numbers.entries()) {
    const difference = part - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  // A release is newer than what was tried before it.
  return Number(left.isRelease) - Number(right.isRelease);
}

/** How an agent's version stands to this program's. */
export function standingOf(agent: string, own: string): 'older' | 'same' | 'newer' {
  const difference = compareVersions(agent, own);
  return difference < 0 ? 'older' : difference > 0 ? 'newer' : 'same';
}

/** The newest version among the agents that is newer than `own`. */
export function newerThan(own: string, agents: readonly string[]): string | undefined {
  return agents
    .filter((version) => compareVersions(version, own) > 0)
    .sort(compareVersions)
    .at(-1);
}

function parse(
  text: string,
): { readonly numbers: readonly number[]; readonly isRelease: boolean } | undefined {
  const found = /^v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(-[\w.-]+)?(?:\+[\w.-]+)?$/.exec(text);
  if (found === null) return undefined;
  return { numbers: found.slice(1, 4).map(Number), isRelease: found[4] === undefined };
}
