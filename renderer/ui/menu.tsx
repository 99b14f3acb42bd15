import { type ReactNode, useRef } from 'react';

/** Rarer commands behind a button. Choosing one, Escape, and going elsewhere close it. */
export function Menu({ text, children }: { readonly text: string; readonly children: ReactNode }) {
  const ref = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (ref.current !== null) ref.current.open = false;
  };
  return (
    <details
      className="menu"
      ref={ref}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || ref.current?.open !== true) return;
        close();
        ref.current.querySelector('summary')?.focus();
      }}
      onBlur={(event) => {
        const isInside = ref.current?.contains(event.relatedTarget) === true;
        if (event.relatedTarget !== null && !isInside) close();
      }}
    >
      <summary className="button">⋯ {text}</summary>
      <div
        className="menu-items"
        onClick={(event) => {
          if (event.target instanceof Element && event.target.closest('button') !== null) close();
        }}
      >
        {children}
      </div>
    </details>
  );
}
