// What the palette offers beside what is typed.

import type { Preferences } from '../../state/preferences.ts';
import { words } from '../../text/words.ts';
import type { Command } from '../../ui/palette.tsx';
import { go, useCanWrite, useScene } from '../scene.ts';
import { VIEWS } from '../view-list.ts';

const { shell } = words;
const SETTINGS: readonly {
  readonly id: string;
  readonly title: string;
  readonly change: Partial<Preferences>;
}[] = [
  { id: 'dark', title: `${shell.theme}: ${shell.dark}`, change: { theme: 'dark' } },
  { id: 'light', title: `${shell.theme}: ${shell.light}`, change: { theme: 'light' } },
  { id: 'utc', title: `${shell.times}: ${shell.utc}`, change: { times: 'utc' } },
  { id: 'local', title: `${shell.times}: ${shell.local}`, change: { times: 'local' } },
];

export function useCommands(openSettings: () => void): readonly Command[] {
  const { identity, preferences, session } = useScene();
  const canWrite = useCanWrite();
  return [
    ...VIEWS.filter((view) => identity.isMaster || view.isMasterOnly !== true).map((view) => ({
      id: view.id,
      title: view.title,
      keys: `G ${view.key.toUpperCase()}`,
      run: () => go(view.id),
    })),
    ...(canWrite
      ? [
          {
            id: 'new-resource',
            title: words.resources.add,
            keys: 'N',
            run: () => go('resources', 'account', 'new'),
          },
          { id: 'new-job', title: words.jobs.add, run: () => go('jobs', 'new') },
        ]
      : []),
    ...SETTINGS.map(({ id, title, change }) => ({
      id,
      title,
      run: () => preferences.update((now) => ({ ...now, ...change })),
    })),
    { id: 'settings', title: words.shell.settings, run: openSettings },
    { id: 'retry', title: words.retry, run: () => session.retry() },
    {
      id: 'sign-out',
      title: words.shell.signOut,
      run: () => void session.signOut().catch(() => {}),
    },
  ];
}

/** What was typed, as a command of its own. */
export function typedCommands(typed: string): readonly Command[] {
  if (typed === '') return [];
  const isNumber = /^[+*#\d][\d\s().*#-]*$/.test(typed);
  return [
    ...(isNumber
      ? [{ id: 'dial', title: words.shell.dial(typed), run: () => go('routes', typed) }]
      : []),
    {
      id: 'find',
      title: words.shell.findResource(typed),
      run: () => go('resources', 'account', '', typed),
    },
  ];
}
