// Several lines pasted into a console go out one at a time, as the agent's own driver does it:
// a line is typed, seen in the echo, and only then entered; the next one waits until the gear is
// quiet. Without an echo the rest is not sent. Pure but for the timers it is given.

import type { Timers } from './timers.ts';

export interface PasteText {
  /** Without their ends. */
  readonly lines: readonly string[];
  /** Whether the last line is entered too. */
  readonly isEntered: boolean;
  /** Characters that no line takes and that are left out: control characters, others than bytes. */
  readonly dropped: number;
}

/** More is a mistake with the clipboard. */
export const MAX_PASTE = 65_536;

/** What of a clipboard would be typed. */
export function readPaste(text: string): PasteText {
  const cut = text.slice(0, MAX_PASTE);
  const ended = cut.replaceAll(/\r\n?/g, '\n');
  const clean = ended.replaceAll(/[^\n\t\u0020-\u007e\u00a0-\u00ff]/g, '');
  const isEntered = clean.endsWith('\n');
  const lines = (isEntered ? clean.slice(0, -1) : clean).split('\n');
  return { lines, isEntered, dropped: ended.length - clean.length + (text.length - cut.length) };
}

/** What a program that asked for it gets: the whole, in brackets, as one piece. */
export function bracketed({ lines, isEntered }: PasteText): string {
  return `\u001b[200~${lines.join('\r')}${isEntered ? '\r' : ''}\u001b[201~`;
}

export type PasteOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped'; readonly sent: number }
  /** No echo of a line, counted from one; it and the rest were not entered. */
  | { readonly kind: 'no-echo'; readonly line: number };

export interface PacedPaste {
  /** What the gear says. */
  readonly hear: (text: string) => void;
  readonly stop: () => void;
}

export interface PacedPasteOptions {
  readonly text: PasteText;
  readonly timers: Timers;
  /** @returns false when the line is not there any more */
  type(text: string): boolean;
  /** Lines entered so far. */
  onProgress(sent: number): void;
  onEnd(outcome: PasteOutcome): void;
}

const ECHO_MS = 3_000;
const QUIET_MS = 120;

export function startPacedPaste(options: PacedPasteOptions): PacedPaste {
  const { text, timers } = options;
  const { lines, isEntered } = text;
  let next = 0;
  let heard = '';
  let phase: 'echo' | 'quiet' | 'over' = 'quiet';
  let cancel: (() => void) | undefined;

  const wait = (ms: number, then: () => void): void => {
    cancel?.();
    cancel = timers.wait(ms, then);
  };
  const end = (outcome: PasteOutcome): void => {
    if (phase === 'over') return;
    phase = 'over';
    cancel?.();
    options.onEnd(outcome);
  };
  const begin = (): void => {
    const line = lines[next];
    if (line === undefined) {
      end({ kind: 'done' });
      return;
    }
    phase = 'echo';
    heard = '';
    if (line !== '' && !options.type(line)) end({ kind: 'stopped', sent: next });
    else if (line === '') enter();
    else wait(ECHO_MS, () => end({ kind: 'no-echo', line: next + 1 }));
  };
  const enter = (): void => {
    const isLast = next === lines.length - 1;
    if ((!isLast || isEntered) && !options.type('\r')) {
      end({ kind: 'stopped', sent: next });
      return;
    }
    next += 1;
    options.onProgress(next);
    if (isLast) {
      end({ kind: 'done' });
      return;
    }
    phase = 'quiet';
    wait(QUIET_MS, begin);
  };
  begin();
  return {
    hear: (received) => {
      if (phase === 'quiet') wait(QUIET_MS, begin);
      else if (phase === 'echo') {
        heard = (heard + received).slice(-MAX_PASTE);
        // A terminal wraps long lines and moves its cursor about.
        if (bare(heard).includes(bare(lines[next] ?? ''))) enter();
      }
    },
    stop: () => end({ kind: 'stopped', sent: next }),
  };
}

/** Without what a terminal puts in between. */
function bare(text: string): string {
  return text.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]|[\s\u0000-\u001f\u007f]/g, '');
}
