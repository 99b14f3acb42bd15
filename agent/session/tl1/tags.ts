// The two tags of TL1: ours (CTAG), which a reply repeats, and theirs (ATAG), which count.

/** CTAGs count through a driver's life, over reconnects: a late reply meets no new command. */
export class CtagSource {
  #next: number;

  /** @param seed any number, such as the time, so that a restarted agent does not begin at 1 */
  constructor(seed = 0) {
    this.#next = 1 + (Math.abs(Math.trunc(seed)) % 899_999);
  }

  /** 1 to 6 digits, never zero: CTAG 0 is what an element answers when there was none. */
  take(): string {
    const ctag = this.#next;
    this.#next = ctag >= 999_999 ? 1 : ctag + 1;
    return String(ctag);
  }
}

export interface AtagGap {
  readonly expected: string;
  readonly got: string;
}

/**
 * Watches the numbers of autonomous messages (GR-833): a jump means lost messages. Elements
 * count 0–9999 (ONS 15454), to 999999, or as `7.3`, where the first number counts. A number
 * repeated is the same message again. A step back is reported too: the element began anew.
 */
export class AtagSequence {
  #last: number | undefined;

  take(atag: string): AtagGap | undefined {
    const digits = /^(\d{1,9})(?:\.\d{1,9})?$/.exec(atag)?.[1];
    if (digits === undefined) return undefined;
    const got = Number(digits);
    const last = this.#last;
    this.#last = got;
    if (last === undefined || got === last || got === last + 1) return undefined;
    const wrapped = (got === 0 || got === 1) && /^9+$/.test(String(last)) && last >= 99;
    return wrapped ? undefined : { expected: String(last + 1), got: atag };
  }
}
