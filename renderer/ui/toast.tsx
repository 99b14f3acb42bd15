import { useEffect } from 'react';

export interface Toast {
  readonly id: number;
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

const LIFE_MS = 5_000;

/** News that need no answer; the bad ones stay until they are closed. */
export function Toasts({
  toasts,
  closeText,
  onClose,
}: {
  readonly toasts: readonly Toast[];
  readonly closeText: string;
  readonly onClose: (id: number) => void;
}) {
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <OneToast key={toast.id} toast={toast} closeText={closeText} onClose={onClose} />
      ))}
    </div>
  );
}

function OneToast({
  toast,
  closeText,
  onClose,
}: {
  readonly toast: Toast;
  readonly closeText: string;
  readonly onClose: (id: number) => void;
}) {
  useEffect(() => {
    if (toast.tone === 'bad') return undefined;
    const timer = setTimeout(() => onClose(toast.id), LIFE_MS);
    return () => clearTimeout(timer);
  }, [toast, onClose]);
  return (
    <div className={`toast ${toast.tone}`}>
      <span aria-hidden="true">{toast.tone === 'good' ? '✓' : '▲'}</span>
      <span>{toast.text}</span>
      <button
        type="button"
        className="button quiet"
        aria-label={closeText}
        onClick={() => onClose(toast.id)}
      >
        ✕
      </button>
    </div>
  );
}
