// Which certificate each site showed when a person accepted it. A site that shows another is
// stopped, loudly: nothing is sent to it until a person accepts the new one by name.

import { CraftportError } from '../../agent/base/error.ts';
import type { JsonSchema } from '../../schemas/ipc.ts';
import { VersionedFile } from './versioned-file.ts';

type Pins = Readonly<Record<string, string>>;

/** SHA-256 of the DER bytes, upper-case hex pairs with colons, as Node prints it. */
const FINGERPRINT = '^[0-9A-F]{2}(:[0-9A-F]{2}){31}$';
const SCHEMA: JsonSchema = {
  type: 'object',
  additionalProperties: { type: 'string', pattern: FINGERPRINT },
};

export class TrustStore {
  readonly #file: VersionedFile<Pins>;
  #pins: Pins;
  /** What a site showed in place of its pin, since the program started. */
  readonly #changed = new Map<string, string>();

  private constructor(file: VersionedFile<Pins>, pins: Pins) {
    this.#file = file;
    this.#pins = pins;
  }

  /** @throws config.unreadable, config.newer-than-program */
  static async open(path: string): Promise<TrustStore> {
    const file = new VersionedFile<Pins>({ file: path, version: 1, schema: SCHEMA, empty: {} });
    return new TrustStore(file, await file.load());
  }

  pinOf(siteId: string): string | undefined {
    return Object.hasOwn(this.#pins, siteId) ? this.#pins[siteId] : undefined;
  }

  /** The fingerprint that was shown in place of the pin. */
  changedTo(siteId: string): string | undefined {
    return this.#changed.get(siteId);
  }

  noteChanged(siteId: string, shown: string): void {
    this.#changed.set(siteId, shown);
  }

  /** Pins what a person has compared. */
  async accept(siteId: string, fingerprint: string): Promise<void> {
    if (!new RegExp(FINGERPRINT).test(fingerprint))
      throw new CraftportError('config.invalid', 'This is not the fingerprint of a certificate');
    const pins = { ...this.#pins, [siteId]: fingerprint };
    await this.#file.save(pins);
    this.#pins = pins;
    this.#changed.delete(siteId);
  }

  async forget(siteId: string): Promise<void> {
    this.#changed.delete(siteId);
    if (!Object.hasOwn(this.#pins, siteId)) return;
    const pins = Object.fromEntries(Object.entries(this.#pins).filter(([id]) => id !== siteId));
    await this.#file.save(pins);
    this.#pins = pins;
  }
}
