// A serial line's speed: ten bits a byte (8N1), nothing faster.

/** Passes bytes on at `baud`, in the order given; 0 is no limit. */
export class Throttle {
  readonly #bytesPerMs: number;
  readonly #pass: (bytes: Uint8Array) => void;
  readonly #queue: Uint8Array[] = [];
  #startedMs = 0;
  #passed = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(baud: number, pass: (bytes: Uint8Array) => void) {
    this.#bytesPerMs = baud / 10_000;
    this.#pass = pass;
  }

  push(bytes: Uint8Array): void {
    if (this.#bytesPerMs === 0) {
      this.#pass(bytes);
      return;
    }
    this.#queue.push(bytes);
    if (this.#timer !== undefined) return;
    this.#startedMs = performance.now();
    this.#passed = 0;
    this.#tick();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#queue.length = 0;
  }

  #tick(): void {
    const due = Math.floor((performance.now() - this.#startedMs) * this.#bytesPerMs);
    for (let left = due - this.#passed; left > 0;) {
      const [first] = this.#queue;
      if (first === undefined) break;
      const piece = first.subarray(0, left);
      if (piece.length === first.length) this.#queue.shift();
      else this.#queue[0] = first.subarray(piece.length);
      left -= piece.length;
      this.#passed += piece.length;
      this.#pass(piece);
    }
    const idle = this.#queue.length === 0;
    this.#timer = idle ? undefined : setTimeout(() => this.#tick(), 4);
  }
}
