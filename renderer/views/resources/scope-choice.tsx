import type { Scope } from '../../state/paths.ts';
import { words } from '../../text/words.ts';
import { Choice } from '../../ui/button.tsx';
import { useScene } from '../scene.ts';

/** The account's own resources or the global ones, which are the master account's. */
export function ScopeChoice({
  scope,
  onChange,
}: {
  readonly scope: Scope;
  readonly onChange: (scope: Scope) => void;
}) {
  const { identity } = useScene();
  if (!identity.isMaster) return null;
  return (
    <Choice
      label={words.resources.scope}
      value={scope}
      options={[
        ['account', words.resources.account],
        ['global', words.resources.global],
      ]}
      onChange={onChange}
    />
  );
}
