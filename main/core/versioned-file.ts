// The desktop's own files: JSON with a version, whole or not there. A file that cannot be read,
// or that a newer program wrote, is refused and never overwritten.

import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Ajv } from 'ajv';
import { CraftportError } from '../../agent/base/error.ts';
import { isJsonObject, type JsonValue } from '../../agent/base/json.ts';
import { writeDurably } from '../../agent/secret/durable-file.ts';
import type { JsonSchema } from '../../schemas/ipc.ts';

const ajv = new Ajv({ strict: true });

export interface VersionedFileOptions<Content> {
  readonly file: string;
  /** The version this program writes. */
  readonly version: number;
  /** Schema of `content`. */
  readonly schema: JsonSchema;
  /** What a first start begins with. */
  readonly empty: Content;
}

export class VersionedFile<Content> {
  readonly #options: VersionedFileOptions<Content>;
  /** Writes wait for each other: the last one asked for is the last one written. */
  #writing: Promise<void> = Promise.resolve();

  constructor(options: VersionedFileOptions<Content>) {
    this.#options = options;
  }

  /** @throws config.unreadable, config.newer-than-program */
  async load(): Promise<Content> {
    const { file, version, schema, empty } = this.#options;
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return empty;
      throw unreadable(file, error instanceof Error ? error.message : String(error));
    }
    let parsed: JsonValue;
    try {
      parsed = JSON.parse(text) as JsonValue;
    } catch {
      // The parser's words quote the file.
      throw unreadable(file, 'it is not JSON');
    }
    if (!isJsonObject(parsed) || typeof parsed['version'] !== 'number')
      throw unreadable(file, 'it has no version');
    if (parsed['version'] > version)
      throw new CraftportError(
        'config.newer-than-program',
        `${file} was written by a newer version of Craftport (${String(parsed['version'])})`,
      );
    if (parsed['version'] !== version || !ajv.validate(schema, parsed['content']))
      throw unreadable(file, 'its content does not fit');
    return parsed['content'] as Content;
  }

  /** Resolves when it is on the disk. */
  save(content: Content): Promise<void> {
    const { file, version } = this.#options;
    const text = `${JSON.stringify({ version, content }, null, 2)}\n`;
    const write = async (): Promise<void> => {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeDurably(file, text);
    };
    const written = this.#writing.then(write, write);
    this.#writing = written.catch(() => undefined);
    return written;
  }
}

function unreadable(file: string, reason: string): CraftportError {
  return new CraftportError('config.unreadable', `${file} cannot be read: ${reason}`);
}
