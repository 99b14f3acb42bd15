// The only use of ipcMain.

import { ipcMain, type WebFrameMain } from 'electron';
import { electronChannel, IPC } from '../../schemas/ipc.ts';
import type { IpcGate, IpcSender } from '../core/ipc-gate.ts';

/** Binds every channel of the map to the gate, which checks sender and argument. */
export function handleAll(gate: IpcGate): void {
  for (const channel of Object.keys(IPC))
    ipcMain.handle(electronChannel(channel), (event, argument: unknown) =>
      gate(senderOf(event.senderFrame), channel, argument),
    );
}

/** A frame that has gone or moved on meanwhile is nobody. */
function senderOf(frame: WebFrameMain | null): IpcSender {
  if (frame === null || frame.isDestroyed()) return undefined;
  return { url: frame.url, isMainFrame: frame.parent === null };
}
