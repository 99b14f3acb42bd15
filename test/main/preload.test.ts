// The preload as it is built and run: one frozen object, its members listed here.

import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { BRIDGE_NAME, type DesktopBridge, IPC } from '../../schemas/ipc.ts';
import { preloadScript, readPreload } from '../support/preload-double.ts';

interface Page {
  readonly [BRIDGE_NAME]: DesktopBridge;
  __push(push: unknown): void;
}

function run(): { page: Page; invoked: unknown[] } {
  const invoked: unknown[] = [];
  const page = createContext({
    __invoke: (...call: unknown[]) => {
      invoked.push(call);
      return Promise.resolve({ isOk: true, value: null });
    },
  });
  runInContext(preloadScript(), page);
  return { page: page as unknown as Page, invoked };
}

describe('the preload', () => {
  it('gives the page these functions and nothing else', () => {
    const { page } = run();
    expect(Object.keys(page[BRIDGE_NAME])).toEqual([
      'sites.list',
      'sites.probe',
      'sites.pair',
      'sites.change',
      'sites.remove',
      'sites.trust',
      'sites.watch',
      'sites.tryNow',
      'sites.signIn',
      'sites.signOut',
      'discovery.start',
      'discovery.stop',
      'agent.send',
      'agent.connect',
      'agent.say',
      'agent.abort',
      'vault.state',
      'vault.acceptWeak',
      'link.open',
      'file.save',
      'clipboard.write',
      'onPush',
    ]);
    expect(Object.values(page[BRIDGE_NAME]).every((member) => typeof member === 'function')).toBe(
      true,
    );
    expect(Object.isFrozen(page[BRIDGE_NAME])).toBe(true);
    expect(Object.keys(page[BRIDGE_NAME])).toEqual([...Object.keys(IPC), 'onPush']);
  });

  it('calls the channel of its name with one argument, whatever it is given', async () => {
    const { page, invoked } = run();
    const call = page[BRIDGE_NAME]['sites.remove'] as (...more: unknown[]) => Promise<unknown>;
    await call({ id: 'a' }, 'more');
    expect(invoked).toEqual([['craftport:sites.remove', { id: 'a' }]]);
  });

  it('hands on pushes without their event, until it is told to stop', () => {
    const { page } = run();
    const heard: unknown[][] = [];
    const stop = page[BRIDGE_NAME].onPush((...what) => heard.push(what));
    page.__push({ kind: 'sites.changed', sites: [] });
    stop();
    page.__push({ kind: 'sites.changed', sites: [] });
    expect(heard).toEqual([[{ kind: 'sites.changed', sites: [] }]]);
  });

  it('requires Electron and nothing else, and is no module', () => {
    const code = readPreload();
    expect([...code.matchAll(/require\(["']([^"']+)["']\)/g)].map(([, name]) => name)).toEqual([
      'electron',
    ]);
    expect(code).not.toMatch(/^\s*(?:import|export)\s/m);
  });
});
