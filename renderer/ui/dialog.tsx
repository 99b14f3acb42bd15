import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';

export interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly footer?: ReactNode;
  readonly size?: 'small' | 'large';
  /** `top` stays where it is while what is in it becomes more or less. */
  readonly place?: 'middle' | 'top';
  readonly onClose: () => void;
}

/** What one types into comes before the button that closes. */
const FIRST_FIELD = '.dialog-body :is(input:not([type=file]), select, textarea)';

/** A modal dialog; the browser keeps the focus in it and gives it back. */
export function Dialog(props: DialogProps) {
  const { title, children, footer, size = 'small', place = 'middle', onClose } = props;
  const ref = useRef<HTMLDialogElement>(null);
  const pressedOutside = useRef(false);
  const wasPressed = useRef(false);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog?.open === false) {
      dialog.showModal();
      dialog.querySelector<HTMLElement>(FIRST_FIELD)?.focus();
    }
    // Only a dialog that is closed gives the focus back, not one that is taken out of the page.
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className={`dialog ${size} ${place}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        pressedOutside.current = event.target === ref.current;
      }}
      onMouseDown={(event) => {
        // The second half of the double click that opened this marks no word of it.
        if (!wasPressed.current && event.detail > 1) event.preventDefault();
        wasPressed.current = true;
      }}
      onClick={(event) => {
        // Not the end of a selection that was drawn out of a field, nor the second half of the
        // double click that opened this.
        const isOutside = event.target === ref.current && pressedOutside.current;
        if (isOutside && event.detail < 2) onClose();
      }}
    >
      <div className="dialog-frame">
        <header className="dialog-head">
          <h2 id={id}>{title}</h2>
          <button type="button" className="button quiet" aria-label="Close" onClick={onClose}>
            ✕
          </button>
        </header>
        <div className="dialog-body">{children}</div>
        {footer !== undefined && <footer className="dialog-foot">{footer}</footer>}
      </div>
    </dialog>
  );
}
