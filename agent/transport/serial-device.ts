// What Linux tells of a serial device beside its bytes: the group that owns it and the
// processes that have it open. Elsewhere the answers are "unknown" and "none".

import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';

export interface DeviceHolder {
  readonly pid: number;
  readonly name: string;
}

/** The name of the group that owns `path`, or its number, or `unknown`. */
export async function groupOf(path: string): Promise<string> {
  const gid = (await stat(path).catch(() => undefined))?.gid;
  if (gid === undefined) return 'unknown';
  const groups = await readFile('/etc/group', 'utf8').catch(() => '');
  const line = groups.split('\n').find((each) => each.split(':')[2] === String(gid));
  return line?.split(':')[0] ?? String(gid);
}

/** Other processes that have `path` open, as far as this user may look. */
export async function holdersOf(path: string): Promise<DeviceHolder[]> {
  const device = await realpath(path).catch(() => path);
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const holders: DeviceHolder[] = [];
  for (const pid of pids) {
    if (Number(pid) === process.pid || !(await hasOpen(pid, device))) continue;
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a program');
    holders.push({ pid: Number(pid), name: name.trim() });
  }
  return holders;
}

async function hasOpen(pid: string, device: string): Promise<boolean> {
  // A process that ends meanwhile, or another user's, has nothing to show.
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => undefined);
    if (target === device) return true;
  }
  return false;
}
