// The one door from the page to the main process. Who asks is checked first, then what is asked;
// only then is anything done. What comes back is a value also when it is an error: expected ones
// with their code, a bug without a word of what it was.

import { Ajv, type ValidateFunction } from 'ajv';
import { CraftportError } from '../../agent/base/error.ts';
import { maskSecrets } from '../../agent/base/mask.ts';
import {
  IPC,
  type IpcArgument,
  type IpcChannel,
  type IpcOutcome,
  type IpcResult,
} from '../../schemas/ipc.ts';
import { mayNavigate } from './link-policy.ts';

export type IpcHandlers = {
  readonly [Channel in IpcChannel]: (argument: IpcArgument<Channel>) => Promise<IpcResult<Channel>>;
};

/** Who sent a message; undefined: the frame is gone. */
export type IpcSender = { readonly url: string; readonly isMainFrame: boolean } | undefined;

export type IpcGate = (
  sender: IpcSender,
  channel: string,
  argument: unknown,
) => Promise<IpcOutcome<unknown>>;

/** @param reportBug is told of what is no CraftportError */
export function createIpcGate(handlers: IpcHandlers, reportBug: (error: unknown) => void): IpcGate {
  const ajv = new Ajv({ strict: true });
  const validators = new Map<string, ValidateFunction>(
    Object.entries(IPC).map(([channel, { argument }]) => [channel, ajv.compile(argument)]),
  );
  return async (sender, channel, argument) => {
    if (sender?.isMainFrame !== true || !mayNavigate(sender.url))
      return refusal('The message does not come from the page of the program');
    const isValid = validators.get(channel);
    if (isValid === undefined) return refusal('There is no such channel');
    if (!isValid(argument)) {
      const [first] = isValid.errors ?? [];
      const where = first?.instancePath === '' ? 'the argument' : first?.instancePath;
      return refusal(`${channel}: ${where ?? ''} ${first?.message ?? 'is wrong'}`);
    }
    try {
      const handle = handlers[channel as IpcChannel] as (argument: unknown) => Promise<unknown>;
      return { isOk: true, value: await handle(argument) };
    } catch (error) {
      if (error instanceof CraftportError)
        return {
          isOk: false,
          code: error.code,
          message: error.message,
          detail: maskSecrets(error.detail),
        };
      if (error instanceof Error && error.name === 'AbortError')
        return { isOk: false, code: 'aborted', message: 'The request was given up', detail: {} };
      reportBug(error);
      return {
        isOk: false,
        code: 'bug',
        message: 'Something went wrong inside the desktop',
        detail: {},
      };
    }
  };
}

function refusal(message: string): IpcOutcome<never> {
  return { isOk: false, code: 'ipc.refused', message, detail: {} };
}
