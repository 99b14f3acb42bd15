import { useId, useState } from 'react';
import { Dialog } from './dialog.tsx';

export interface Command {
  readonly id: string;
  readonly title: string;
  /** `G R` */
  readonly keys?: string;
  readonly run: () => void;
}

export interface PaletteProps {
  readonly title: string;
  readonly placeholder: string;
  readonly nothingText: string;
  readonly commands: readonly Command[];
  /** What was typed, as a command of its own. */
  readonly commandsFor: (typed: string) => readonly Command[];
  readonly onClose: () => void;
}

/** Everything that can be done, found by typing. */
export function Palette(props: PaletteProps) {
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  const id = useId();
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [
    ...props.commands.filter(({ title }) =>
      words.every((word) => title.toLowerCase().includes(word)),
    ),
    ...props.commandsFor(typed.trim()),
  ].slice(0, 50);
  const current = Math.min(active, Math.max(0, found.length - 1));
  const run = (command: Command | undefined): void => {
    if (command === undefined) return;
    props.onClose();
    command.run();
  };
  return (
    <Dialog title={props.title} place="top" onClose={props.onClose}>
      <input
        className="input"
        role="combobox"
        aria-label={props.placeholder}
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found.length === 0 ? undefined : `${id}-${String(current)}`}
        placeholder={props.placeholder}
        value={typed}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          setTyped(event.target.value);
          setActive(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setActive(Math.min(found.length - 1, current + 1));
          else if (event.key === 'ArrowUp') setActive(Math.max(0, current - 1));
          else if (event.key === 'Enter') run(found[current]);
          else return;
          event.preventDefault();
        }}
      />
      <div role="listbox" id={id} aria-label={props.title} className="palette-list">
        {found.map((command, index) => (
          <div
            key={command.id}
            id={`${id}-${String(index)}`}
            role="option"
            aria-selected={index === current}
            className="palette-item"
            onClick={() => run(command)}
            onMouseMove={() => setActive(index)}
          >
            <span className="grow">{command.title}</span>
            {command.keys?.split(' ').map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="quiet-text">{props.nothingText}</p>}
    </Dialog>
  );
}
