// Server-Sent Events from bytes, whatever the pieces they come in. Pure.

export interface StreamEvent {
  /** `job.progressed`; `gap` and `end` are the stream's own. */
  readonly name: string;
  /** What follows `data:`; JSON with every event of the agent. */
  readonly data: string;
}

export interface ParsedPiece {
  readonly events: readonly StreamEvent[];
  /** The last id so far: where to resume. */
  readonly lastId: string | undefined;
}

export class EventParser {
  readonly #decoder = new TextDecoder();
  #rest = '';
  #name = '';
  #data: string[] = [];
  #lastId: string | undefined;

  push(bytes: Uint8Array): ParsedPiece {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    // A CR at the end may be half of a CRLF.
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    const events: StreamEvent[] = [];
    for (const line of lines) {
      const event = this.#line(line);
      if (event !== undefined) events.push(event);
    }
    return { events, lastId: this.#lastId };
  }

  #line(line: string): StreamEvent | undefined {
    if (line === '') {
      const event =
        this.#data.length === 0
          ? undefined
          : { name: this.#name === '' ? 'message' : this.#name, data: this.#data.join('\n') };
      this.#name = '';
      this.#data = [];
      return event;
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') this.#name = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.#lastId = value;
    return undefined;
  }
}
