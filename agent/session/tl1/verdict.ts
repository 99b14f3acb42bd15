// What a message means for the one command that waits. Pure: the session owns time.
//
//   sent ──IP/PF──▶ sent      ──DELAY──▶ delayed ──RTRV/COMPLD──▶ done
//     ├──COMPLD/PRTL/RTRV──▶ done      ├──RL/NA/NG/DENY──▶ failed, or later

import { CraftportError } from '../../base/error.ts';
import { denialClass, denialCode } from '../../codec/tl1/denial.ts';
import type { Tl1Message, Tl1Response } from '../../codec/tl1/message.ts';

export type Tl1Verdict =
  /** Not an answer to this command. */
  | { readonly kind: 'other' }
  /** The element works on it. */
  | { readonly kind: 'progress'; readonly delayed: boolean }
  | { readonly kind: 'done'; readonly response: Tl1Response }
  /** Surely not executed: asking again is no repetition (GR-831 RL; SARB, SSRE, SDNR). */
  | { readonly kind: 'later'; readonly error: CraftportError }
  | { readonly kind: 'failed'; readonly error: CraftportError };

const OTHER: Tl1Verdict = { kind: 'other' };

/** @param code the command's code, for messages only: never its parameters, which may be secret. */
export function judge(message: Tl1Message, ctag: string, code: string): Tl1Verdict {
  if (message.kind === 'acknowledgment' && message.ctag === ctag) {
    switch (message.code) {
      case 'IP':
      case 'PF':
      case 'OK':
        return { kind: 'progress', delayed: false };
      case 'RL':
        return { kind: 'later', error: denied(code, 'RL', 'the element is busy') };
      case 'NG':
        return { kind: 'failed', error: denied(code, 'NG', 'the element could not execute it') };
      case 'NA':
        return {
          kind: 'failed',
          error: new CraftportError('driver.unexpected-reply', `The answer to ${code} was lost`, {
            detail: { command: code, acknowledgment: 'NA' },
          }),
        };
    }
  }
  if (message.kind !== 'response' || message.ctag !== ctag) return OTHER;
  switch (message.completion) {
    case 'COMPLD':
    case 'PRTL':
    case 'RTRV':
      return { kind: 'done', response: message };
    case 'DELAY':
      return { kind: 'progress', delayed: true };
    case 'DENY': {
      const reason = denialCode(message.text);
      const comment = message.text.find(({ kind }) => kind === 'comment')?.text ?? '';
      const error = denied(code, reason, comment.slice(0, 120));
      return { kind: denialClass(reason) === 'later' ? 'later' : 'failed', error };
    }
    case undefined:
      return {
        kind: 'failed',
        error: new CraftportError(
          'driver.unexpected-reply',
          `${code} was answered ${message.completionText}, which is no completion code`,
          { detail: { command: code, completion: message.completionText } },
        ),
      };
  }
}

function denied(command: string, code: string | undefined, comment: string): CraftportError {
  const reason = [code ?? 'no code', comment].filter((part) => part !== '').join(', ');
  return new CraftportError('driver.denied', `${command} was denied: ${reason}`, {
    detail: { command, code },
  });
}
