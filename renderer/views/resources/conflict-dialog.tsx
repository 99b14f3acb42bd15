import { useState } from 'react';
import { briefOf, differencesOf } from '../../state/document.ts';
import type { EditState } from '../../state/resource-edit.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

export interface ConflictDialogProps {
  readonly state: EditState;
  readonly onResolve: (chosen: ReadonlyMap<string, 'mine' | 'theirs'>) => void;
  readonly onClose: () => void;
}

/** Both versions side by side; a choice for each field that both changed. */
export function ConflictDialog({ state, onResolve, onClose }: ConflictDialogProps) {
  const [chosen, setChosen] = useState<ReadonlyMap<string, 'mine' | 'theirs'>>(new Map());
  const theirs = state.conflict?.theirs ?? {};
  const differences = differencesOf(state.base, state.document, theirs);
  const conflicts = differences.filter(({ isConflict }) => isConflict);
  return (
    <Dialog
      title={words.conflict.title}
      size="large"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{words.conflict.later}</Button>
          <Button look="main" onClick={() => onResolve(chosen)}>
            {words.conflict.apply}
          </Button>
        </>
      }
    >
      <p>{words.conflict.help}</p>
      {conflicts.length === 0 && <p className="note">{words.conflict.nothing}</p>}
      <div className="scroll" tabIndex={0} role="region" aria-label={words.conflict.title}>
        <table className="compare">
          <thead>
            <tr>
              <th scope="col">{words.conflict.field}</th>
              <th scope="col">{words.conflict.before}</th>
              <th scope="col">{words.conflict.mine}</th>
              <th scope="col">{words.conflict.theirs}</th>
            </tr>
          </thead>
          <tbody>
            {differences.map(({ path, before, mine, theirs: other, isConflict }) => (
              <tr key={path} className={isConflict ? 'both' : ''}>
                <th scope="row" className="mono">
                  {path}
                </th>
                <td className="mono">{briefOf(before)}</td>
                {(['mine', 'theirs'] as const).map((side) => (
                  <td key={side} className="mono">
                    {isConflict ? (
                      <label className="check">
                        <input
                          type="radio"
                          name={path}
                          checked={(chosen.get(path) ?? 'mine') === side}
                          onChange={() => setChosen(new Map(chosen).set(path, side))}
                        />
                        <span>{briefOf(side === 'mine' ? mine : other)}</span>
                      </label>
                    ) : (
                      briefOf(side === 'mine' ? mine : other)
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}
