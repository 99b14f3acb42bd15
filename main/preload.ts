// Runs in the sandbox before the page and gives it one frozen object: a function for each channel
// of schemas/ipc.ts, and `onPush`. ipcRenderer and its events stay on this side. The build
// bundles this file to .build/main/preload.cjs, because a sandboxed preload is no module.

import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import {
  BRIDGE_NAME,
  type DesktopBridge,
  electronChannel,
  IPC,
  type IpcPush,
  PUSH_CHANNEL,
} from '../schemas/ipc.ts';

const calls = Object.fromEntries(
  Object.keys(IPC).map((channel) => [
    channel,
    (argument: unknown): Promise<unknown> => ipcRenderer.invoke(electronChannel(channel), argument),
  ]),
);

const onPush: DesktopBridge['onPush'] = (listener) => {
  const heard = (_event: IpcRendererEvent, push: IpcPush): void => listener(push);
  ipcRenderer.on(PUSH_CHANNEL, heard);
  return () => {
    ipcRenderer.off(PUSH_CHANNEL, heard);
  };
};

contextBridge.exposeInMainWorld(BRIDGE_NAME, Object.freeze({ ...calls, onPush }));
