// Bytes that arrived and were not read yet: what stands behind a port's `incoming`. One reader.

export class ByteQueue implements AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = [];
  readonly #onLevel: ((bytes: number) => void) | undefined;
  #bytes = 0;
  #ended: { readonly error: Error | undefined } | undefined;
  #wake: (() => void) | undefined;

  /** @param onLevel told how many bytes wait, after each change: the source pauses by it */
  constructor(onLevel?: (bytes: number) => void) {
    this.#onLevel = onLevel;
  }

  /** Whether nothing more will come (what waits may still be read). */
  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  push(bytes: Uint8Array): void {
    if (this.#ended !== undefined || bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#level(bytes.length);
    this.#wake?.();
  }

  /** No more will come. What waits is still read; then the reader ends, or throws `error`. */
  end(error?: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = { error };
    this.#wake?.();
  }

  /** What waits, without waiting for more. */
  takeAll(): Uint8Array {
    const all = new Uint8Array(this.#bytes);
    let at = 0;
    for (const chunk of this.#chunks.splice(0)) {
      all.set(chunk, at);
      at += chunk.length;
    }
    this.#level(-at);
    return all;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#level(-chunk.length);
        yield chunk;
      } else if (this.#ended !== undefined) {
        if (this.#ended.error !== undefined) throw this.#ended.error;
        return;
      } else {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = undefined;
      }
    }
  }

  #level(change: number): void {
    this.#bytes += change;
    this.#onLevel?.(this.#bytes);
  }
}
