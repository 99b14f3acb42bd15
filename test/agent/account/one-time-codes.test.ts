import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  CODE_LIFE_S,
  newPairingCode,
  newSignInCode,
  OneTimeCodes,
  readPairingCode,
} from '../../../agent/account/one-time-codes.ts';

const at = { ms: 1_000_000 };
const clock = { nowMs: () => at.ms };

describe('one-time codes', () => {
  it('are good once', () => {
    const codes = new OneTimeCodes(clock, () => newSignInCode(randomBytes));
    const [code, other] = [codes.issue(), codes.issue()];
    expect([codes.redeem(code), codes.redeem(code), codes.redeem(other)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('end after ten minutes, to the millisecond', () => {
    const codes = new OneTimeCodes(clock, () => newPairingCode(randomBytes));
    const [early, late] = [codes.issue(), codes.issue()];
    at.ms += CODE_LIFE_S * 1000 - 1;
    expect(codes.redeem(early)).toBe(true);
    at.ms += 1;
    expect(codes.redeem(late)).toBe(false);
  });

  it('are kept in bounded number, the newest', () => {
    const codes = new OneTimeCodes(clock, () => newPairingCode(randomBytes));
    const issued = Array.from({ length: 150 }, () => codes.issue());
    expect(issued.filter((code) => codes.redeem(code))).toEqual(issued.slice(50));
  });

  it('are read as people type them', () => {
    expect(readPairingCode(' ab0d ijlk ')).toBe('AB0D-1J1K');
    expect(readPairingCode('ABOD-EFGH')).toBe('AB0D-EFGH');
    const code = newPairingCode(randomBytes);
    expect(readPairingCode(code)).toBe(code);
  });
});
