// What stands where something else would: nothing there, on its way, or failed.

import type { ReactNode } from 'react';

export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className="panel-state">
      <p className="panel-title">{title}</p>
      {children}
    </div>
  );
}

export function Loading({ text }: { readonly text: string }) {
  return (
    <div className="panel-state" role="status">
      <span className="pulse" aria-hidden="true" />
      <p>{text}</p>
    </div>
  );
}

export interface ProblemProps {
  readonly title: string;
  readonly detail?: string | undefined;
  readonly retryText: string;
  onRetry?: (() => void) | undefined;
}

/** A line above what is still shown. */
export function Problem({ title, detail, retryText, onRetry }: ProblemProps) {
  return (
    <div className="problem" role="alert">
      <span className="glyph" aria-hidden="true">
        ▲
      </span>
      <span>
        <strong>{title}</strong>
        {detail !== undefined && <> {detail}</>}
      </span>
      {onRetry !== undefined && (
        <button type="button" className="button" onClick={onRetry}>
          {retryText}
        </button>
      )}
    </div>
  );
}

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'mute';

export const GLYPHS: Readonly<Record<Tone, string>> = {
  good: '●',
  warn: '◆',
  bad: '▲',
  info: '◐',
  mute: '○',
};

/** State by colour and glyph and word. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className={`badge ${tone}`}>
      <span aria-hidden="true">{GLYPHS[tone]}</span> {children}
    </span>
  );
}

export function Progress({
  label,
  value,
  total,
}: {
  readonly label: string;
  readonly value: number;
  readonly total: number;
}) {
  const share = total === 0 ? 0 : Math.min(1, value / total);
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={value}
    >
      <span style={{ transform: `scaleX(${String(share)})` }} />
    </div>
  );
}
