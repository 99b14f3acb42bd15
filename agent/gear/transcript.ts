// The last frames of a conversation with gear, for whoever has to see what was said. Bounded,
// in memory only, and masked before anything is kept.

import type { GearFrameDoc } from '../../schemas/types.ts';
import { maskFrame } from './mask-frame.ts';

const MAX_FRAMES = 1_000;
const MAX_CHARACTERS = 1_000_000;
/** Of one frame; a longer one is cut. */
const MAX_FRAME_CHARACTERS = 65_536;

export class Transcript {
  #frames: GearFrameDoc[] = [];
  #characters = 0;
  #sequence = 0;
  #secrets: readonly string[] = [];

  /** @param secrets of the gear's record, never to be shown */
  setSecrets(secrets: readonly string[]): void {
    this.#secrets = secrets;
  }

  add(direction: 'sent' | 'received', text: string, decoded: string, nowMs: number): void {
    const frame: GearFrameDoc = {
      sequence: (this.#sequence += 1),
      at: new Date(nowMs).toISOString(),
      direction,
      text: this.#shown(text),
      decoded: this.#shown(decoded),
    };
    this.#frames.push(frame);
    this.#characters += sizeOf(frame);
    let out = 0;
    while (
      this.#frames.length - out > MAX_FRAMES ||
      (this.#characters > MAX_CHARACTERS && this.#frames.length - out > 1)
    ) {
      const oldest = this.#frames[out];
      if (oldest !== undefined) this.#characters -= sizeOf(oldest);
      out += 1;
    }
    if (out > 0) this.#frames = this.#frames.slice(out);
  }

  /** Oldest first. */
  get frames(): readonly GearFrameDoc[] {
    return this.#frames;
  }

  #shown(text: string): string {
    // Masked before it is cut to what is kept: half a secret is a secret.
    const masked = maskFrame(text.slice(0, MAX_CHARACTERS), this.#secrets);
    return masked.length <= MAX_FRAME_CHARACTERS
      ? masked
      : `${masked.slice(0, MAX_FRAME_CHARACTERS)}… (${String(masked.length)} characters)`;
  }
}

function sizeOf({ text, decoded }: GearFrameDoc): number {
  return text.length + decoded.length + 64;
}
