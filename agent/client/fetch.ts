// How the client reaches an agent: a function that sends one request. The browser's fetch fits
// as it is; the desktop gives one that runs in its main process and checks the certificate.

/** What is asked; `path` begins with `/`. */
export interface ClientInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** What comes back. `body` is the reply as it arrives, undefined or null when there is none. */
export interface ClientAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body?: ByteStream | null;
  text(): Promise<string>;
}

/** The part of a ReadableStream that is used. */
export interface ByteStream {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    cancel(): Promise<void>;
  };
}

/** Rejects only when no reply came at all. */
export type ClientFetch = (path: string, init: ClientInit) => Promise<ClientAnswer>;
