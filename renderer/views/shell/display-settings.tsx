import type { Preferences } from '../../state/preferences.ts';
import { words } from '../../text/words.ts';
import { Choice } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { CheckField } from '../../ui/field.tsx';
import { useStore } from '../../ui/use-store.ts';
import { useScene } from '../scene.ts';

export function DisplaySettings({ onClose }: { readonly onClose: () => void }) {
  const { preferences } = useScene();
  const now = useStore(preferences);
  const { shell } = words;
  const choice = <Name extends 'theme' | 'density' | 'times'>(
    name: Name,
    options: readonly (readonly [Preferences[Name], string])[],
  ) => (
    <div className="row">
      <span className="row-label">{shell[name]}</span>
      <Choice<Preferences[Name]>
        label={shell[name]}
        value={now[name]}
        options={options}
        onChange={(value) => preferences.set({ ...now, [name]: value })}
      />
    </div>
  );
  return (
    <Dialog title={shell.settings} onClose={onClose}>
      <div className="stack">
        {choice('theme', [
          ['system', shell.system],
          ['light', shell.light],
          ['dark', shell.dark],
        ])}
        {choice('density', [
          ['compact', shell.compact],
          ['comfortable', shell.comfortable],
        ])}
        {choice('times', [
          ['local', shell.local],
          ['utc', shell.utc],
        ])}
        <CheckField
          label={shell.readOnly}
          checked={now.isReadOnly}
          onChange={(isReadOnly) => preferences.set({ ...now, isReadOnly })}
        />
      </div>
    </Dialog>
  );
}
