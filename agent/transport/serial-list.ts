// The serial ports of this machine: stable names first, who makes the adapter, who holds it and
// why it would not open. Looking opens nothing.

import { access, constants, readdir, realpath } from 'node:fs/promises';
import type { SerialPort } from 'serialport';
import { type DeviceHolder, groupOf, holdersOf } from './serial-device.ts';

export interface SerialPortListing {
  /** The name to use in a link: by-id where there is one, for it survives replugging. */
  readonly path: string;
  /** The device behind it now: `/dev/ttyUSB0`. */
  readonly device: string;
  readonly maker: string | undefined;
  readonly serialNumber: string | undefined;
  readonly vendorId: string | undefined;
  readonly productId: string | undefined;
  readonly heldBy: readonly DeviceHolder[];
  /** Why the agent cannot open it, in words; undefined when it can. */
  readonly obstacle: string | undefined;
}

const BY_ID = '/dev/serial/by-id';

/** All ports, by path. Never throws: a machine without udev is listed by what /dev says. */
export async function listSerialPorts(): Promise<SerialPortListing[]> {
  const stable = await stableNames();
  const found = await knownPorts(stable);
  const listings = await Promise.all(
    found.map(async (port): Promise<SerialPortListing> => {
      const device = await realpath(port.path).catch(() => port.path);
      const heldBy = await holdersOf(device);
      return {
        path: stable.get(device) ?? port.path,
        device,
        maker: port.manufacturer,
        serialNumber: port.serialNumber,
        vendorId: port.vendorId,
        productId: port.productId,
        heldBy,
        obstacle: await obstacleOf(device, heldBy),
      };
    }),
  );
  return listings.sort((a, b) => (a.path < b.path ? -1 : 1));
}

type KnownPort = Awaited<ReturnType<typeof SerialPort.list>>[number];

async function knownPorts(stable: ReadonlyMap<string, string>): Promise<KnownPort[]> {
  try {
    const { SerialPort: ports } = await import('serialport');
    return await ports.list();
  } catch {
    // Minimal systems have no udevadm. Their adapters are the links by id and the tty names.
    const names = await readdir('/dev').catch(() => []);
    const devices = names
      .filter((name) => /^tty(USB|ACM|AMA|S)\d+$/.test(name))
      .map((name) => `/dev/${name}`);
    return [...new Set([...stable.keys(), ...devices])].map((path) => ({
      path,
      manufacturer: undefined,
      serialNumber: undefined,
      pnpId: undefined,
      locationId: undefined,
      productId: undefined,
      vendorId: undefined,
    }));
  }
}

/** Device → its link under /dev/serial/by-id. */
async function stableNames(): Promise<Map<string, string>> {
  const names = await readdir(BY_ID).catch(() => []);
  const pairs = await Promise.all(
    names.map(async (name) => {
      const path = `${BY_ID}/${name}`;
      return [await realpath(path).catch(() => path), path] as const;
    }),
  );
  return new Map(pairs);
}

async function obstacleOf(
  device: string,
  heldBy: readonly DeviceHolder[],
): Promise<string | undefined> {
  const mayUse = await access(device, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!mayUse && process.platform === 'linux')
    return `It belongs to the group ${await groupOf(device)}, in which the agent's user is not`;
  const [holder] = heldBy;
  return holder === undefined
    ? undefined
    : `It is open in ${holder.name} (process ${String(holder.pid)})`;
}
