// A client of Server-Sent Events that keeps what it was sent and can stop reading.

import { type ClientRequest, type IncomingMessage, request } from 'node:http';

export interface SseMessage {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

export class SseClient {
  /** Dispatched messages: those with data. */
  readonly messages: SseMessage[] = [];
  /** How many comments came, heartbeats among them. */
  comments = 0;
  lastEventId = '';
  readonly #request: ClientRequest;
  readonly #response: IncomingMessage;
  readonly #waiting = new Set<() => void>();
  #rest = '';
  #isClosed = false;

  private constructor(sent: ClientRequest, response: IncomingMessage) {
    this.#request = sent;
    this.#response = response;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.#parse(chunk));
    response.on('error', () => {});
    response.on('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  /** @throws Error with the status when the reply is not a stream */
  static open(url: string, headers: Readonly<Record<string, string>>): Promise<SseClient> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { headers, agent: false }, (response) => {
        if (response.headers['content-type'] === 'text/event-stream')
          resolve(new SseClient(sent, response));
        else {
          response.resume();
          reject(new Error(`status ${String(response.statusCode)}`));
        }
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get status(): number | undefined {
    return this.#response.statusCode;
  }

  ids(): readonly number[] {
    return this.messages.map((message) => Number(message.id));
  }

  /** Resolves when `condition` holds after something came, or the stream closed. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition() && !this.#isClosed)
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  pause(): void {
    this.#response.pause();
  }

  resume(): void {
    this.#response.resume();
  }

  close(): void {
    this.#request.destroy();
  }

  #parse(chunk: string): void {
    const blocks = (this.#rest + chunk).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) this.#dispatch(block);
    this.#wake();
  }

  #dispatch(block: string): void {
    let event = 'message';
    const data: string[] = [];
    for (const line of block.split('\n')) {
      const [field = '', value = ''] = line.split(/: ?(.*)/s, 2);
      if (line.startsWith(':')) this.comments += 1;
      else if (field === 'id') this.lastEventId = value;
      else if (field === 'event') event = value;
      else if (field === 'data') data.push(value);
    }
    if (data.length > 0) this.messages.push({ id: this.lastEventId, event, data: data.join('\n') });
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
