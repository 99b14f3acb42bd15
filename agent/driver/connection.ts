// Keeps one conversation with gear open: connects, connects again with back-off after a loss,
// and stops trying when the gear refused the login, because a second wrong password may lock
// the account. A person then changes the credentials, which makes a new driver.

import { CraftportError, isCode } from '../base/error.ts';
import type { Logger } from '../base/logger.ts';
import type { Timers } from '../base/timers.ts';
import type { GearFinding, GearLinkState } from '../span/gear-driver.ts';

export interface Conversation {
  /** Resolves with the reason when the conversation is over. */
  readonly ended: Promise<CraftportError>;
  close(): Promise<void>;
}

export interface ConnectionOptions<C extends Conversation> {
  /** Opens the port and signs in. Ends within its own time limits. */
  readonly open: (signal: AbortSignal) => Promise<C>;
  readonly link: (state: GearLinkState, finding: GearFinding | undefined) => void;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly backOffMs?: readonly number[];
}

export const BACK_OFF_MS = [500, 1000, 2000, 5000, 10_000];

export class Connection<C extends Conversation> {
  readonly #options: ConnectionOptions<C>;
  #stop: AbortController | undefined;
  #loop: Promise<void> = Promise.resolve();
  #current: C | undefined;
  #failure = new CraftportError('driver.not-connected', 'Not connected yet');
  /** Those who wait for the attempt that runs. */
  #attempted: (() => void)[] = [];
  #attempting = false;

  constructor(options: ConnectionOptions<C>) {
    this.#options = options;
  }

  /** Twice is fine. */
  start(): void {
    if (this.#stop !== undefined) return;
    this.#stop = new AbortController();
    this.#attempting = true;
    this.#loop = this.#run(this.#stop.signal);
  }

  /** Closes the conversation. Twice is fine. */
  async stop(): Promise<void> {
    this.#stop?.abort(new CraftportError('driver.not-connected', 'The driver was stopped'));
    this.#stop = undefined;
    const current = this.#current;
    this.#current = undefined;
    await current?.close();
    await this.#loop;
  }

  /**
   * The conversation that stands now; waits for an attempt that runs.
   * @throws driver.login-refused, driver.not-connected or transport.* when there is none
   */
  async current(signal: AbortSignal): Promise<C> {
    if (this.#current === undefined && this.#attempting)
      await new Promise<void>((resolve, reject) => {
        this.#attempted.push(resolve);
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
    if (this.#current === undefined) throw this.#failure;
    return this.#current;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const backOffMs = this.#options.backOffMs ?? BACK_OFF_MS;
    for (let failures = 0; !signal.aborted;) {
      const reason = await this.#attempt(signal);
      if (reason === undefined) failures = 0;
      // Aborted while the attempt or the conversation ran; TypeScript does not see it change.
      if (signal.aborted as boolean) break;
      if (reason !== undefined && isCode(reason, 'driver.login-refused')) return;
      await this.#pause(backOffMs[Math.min(failures++, backOffMs.length - 1)] ?? 10_000, signal);
    }
  }

  /** One connection from its opening to its end. @returns why it could not be opened */
  async #attempt(signal: AbortSignal): Promise<CraftportError | undefined> {
    this.#attempting = true;
    this.#options.link('connecting', undefined);
    let conversation: C;
    try {
      conversation = await this.#options.open(signal);
    } catch (cause) {
      const reason = isCode(cause)
        ? cause
        : new CraftportError('driver.not-connected', 'The gear cannot be reached', { cause });
      if (!isCode(cause) && !signal.aborted)
        this.#options.logger.error(() => 'opening gear failed unexpectedly', { err: cause });
      this.#down(reason, signal);
      return reason;
    }
    if (signal.aborted) {
      await conversation.close();
      this.#attemptEnded();
      return undefined;
    }
    this.#current = conversation;
    this.#options.link('connected', undefined);
    this.#attemptEnded();
    const reason = await conversation.ended;
    this.#current = undefined;
    await conversation.close();
    this.#down(reason, signal);
    return isCode(reason, 'driver.login-refused') ? reason : undefined;
  }

  #down(reason: CraftportError, signal: AbortSignal): void {
    this.#failure = reason;
    this.#options.link('down', signal.aborted ? undefined : findingOf(reason));
    this.#attemptEnded();
  }

  #attemptEnded(): void {
    this.#attempting = false;
    const waiting = this.#attempted;
    this.#attempted = [];
    for (const resolve of waiting) resolve();
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#options.timers.after(ms, resolve);
      signal.addEventListener(
        'abort',
        () => {
          cancel();
          resolve();
        },
        { once: true },
      );
    });
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  'driver.login-refused': ' No further attempt is made until the credentials are changed.',
  'transport.untrusted':
    ' No password was sent. If the gear was really replaced, write the new key into host_key of its record.',
};

/** What a technician reads while there is no conversation. */
function findingOf(reason: CraftportError): GearFinding {
  const code = reason.code.startsWith('driver.')
    ? `gear.${reason.code.slice('driver.'.length)}`
    : `gear.${reason.code.replace('.', '-')}`;
  const advice = ADVICE[reason.code] ?? '';
  return { code, span: undefined, message: `${reason.message}.${advice}` };
}
