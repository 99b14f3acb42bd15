import { GLYPHS, type Tone } from './panel.tsx';

export interface ChipsProps<Key extends string> {
  readonly label: string;
  /** Key, how many there are of it, the word, and its tone. */
  readonly chips: readonly (readonly [Key, number, string, Tone])[];
  readonly chosen: Key | undefined;
  readonly onChoose: (key: Key | undefined) => void;
}

/** How many there are of each kind; each is a filter, pressed again it is none. */
export function Chips<Key extends string>({ label, chips, chosen, onChoose }: ChipsProps<Key>) {
  return (
    <div className="chips" role="group" aria-label={label}>
      {chips.map(([key, count, word, tone]) => (
        <button
          key={key}
          type="button"
          className={`chip ${tone}`}
          aria-pressed={key === chosen}
          onClick={() => onChoose(key === chosen ? undefined : key)}
        >
          <span aria-hidden="true">{GLYPHS[tone]}</span> <span className="number">{count}</span>{' '}
          {word}
        </button>
      ))}
    </div>
  );
}
