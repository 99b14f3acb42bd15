import { useEffect, useRef } from 'react';
import { go } from '../scene.ts';
import { VIEWS } from '../view-list.ts';

/** Ctrl K, `n`, `/`, and `g` then a letter. Never while somebody types. */
export function useKeys(openPalette: (isOpen: boolean) => void, canWrite: boolean): void {
  const pending = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        openPalette(true);
        return;
      }
      const target = event.target;
      const isTyping =
        target instanceof HTMLElement &&
        (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('dialog') !== null);
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.timeStamp - pending.current < 1500) {
        pending.current = 0;
        const view = VIEWS.find(({ key }) => key === event.key);
        if (view !== undefined) {
          event.preventDefault();
          go(view.id);
        }
      } else if (event.key === 'g') pending.current = event.timeStamp;
      else if (event.key === 'n' && canWrite) {
        event.preventDefault();
        go('resources', 'account', 'new');
      } else if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('input[type=search]');
        if (search !== null) {
          event.preventDefault();
          search.focus();
        }
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [openPalette, canWrite]);
}
