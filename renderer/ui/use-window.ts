// Which rows of a long table are in sight. All rows have one height, so that this is arithmetic
// whatever their number.

import { type RefObject, useEffect, useState } from 'react';

/** Rows beyond each edge, so that a slow wheel shows no gap. */
const BEYOND = 10;
/** Before the first measuring there is a screen's worth of rows already. */
const FIRST_HEIGHT = 700;

export interface RowWindow {
  readonly first: number;
  /** After the last one. */
  readonly end: number;
  /** Brings a row into sight, below the head that stays at the top. */
  readonly reveal: (index: number) => void;
}

export function useWindow(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
): RowWindow {
  const [view, setView] = useState({ row: 0, height: FIRST_HEIGHT });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const look = (): void => {
      const next = {
        row: Math.floor(element.scrollTop / rowHeight),
        height: element.clientHeight,
      };
      setView((now) => (now.row === next.row && now.height === next.height ? now : next));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [scroller, rowHeight]);
  // What was filtered away since the last scroll is no place to be.
  const row = Math.min(view.row, Math.max(0, count - 1));
  return {
    first: Math.max(0, row - BEYOND),
    end: Math.min(count, row + Math.ceil(view.height / rowHeight) + BEYOND),
    reveal: (index) => {
      const element = scroller.current;
      if (element === null) return;
      const top = index * rowHeight;
      const room = element.clientHeight - rowHeight;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + rowHeight > element.scrollTop + room)
        element.scrollTop = top + rowHeight - room;
    },
  };
}
