// Line drawings on a grid of 16, in the colour of the text beside them.

const PATHS = {
  panel: 'M2.5 3.5h11v9h-11zM6.5 3.5v9',
  bars: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h7',
  stack: 'M2.5 5.5h11v8h-11zM4.5 3h7M5.5 8.5h5M5.5 11h3',
  branch: 'M3.5 2.5v5q0 3 3 3h6M10 8l2.5 2.5L10 13M3.5 5.5h5.5M7.5 3.5l2 2-2 2',
  cells: 'M2.5 3.5h11v9h-11zM2.5 8h11M6.2 3.5v9M9.8 3.5v9',
  warning: 'M8 2.5 14 13H2zM8 6.5v3M8 11v.5',
  plug: 'M5.5 2v3.5M10.5 2v3.5M3.5 5.5h9v2q0 3-3 3h-3q-3 0-3-3zM8 10.5V14',
  log: 'M3.5 2.5h9v11h-9zM5.5 5.5h5M5.5 8h5M5.5 10.5h3',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
