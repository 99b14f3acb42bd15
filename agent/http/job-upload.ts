// Uploads of numbers: CSV with a header row, or NDJSON, read as a stream. What comes out are
// chunks of numbers; what is wrong is a 400 that names the line.
//
//   request ─ bytes ─▶ counted, checked for UTF-8 ─▶ csv-parse │ lines ─▶ TypedNumber[] …

import { CsvError, parse } from 'csv-parse';
import { Readable } from 'node:stream';
import { CraftportError, invalidFields, type RuleFailure } from '../base/error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { MAX_ROW_BYTES, type TypedNumber } from '../job/staged-row.ts';
import { publicNumberFields } from '../number/number-document.ts';
import type { Upload } from './route.ts';

/** An upload ends here: about 30 million numbers. */
export const MAX_UPLOAD_BYTES = 512 * 1024 * 1024;

/**
 * @throws request.invalid with the line, request.too-large, request.unsupported-type
 */
export function readUpload(
  { type, stream }: Upload,
  encoding: string | readonly string[] | undefined,
  maxBytes = MAX_UPLOAD_BYTES,
): AsyncIterable<readonly TypedNumber[]> {
  if (encoding !== undefined && encoding !== 'identity')
    throw new CraftportError('request.unsupported-type', 'Uploads are not compressed');
  const bytes = limited(stream, maxBytes);
  return type === 'text/csv' ? readCsv(bytes) : readNdjson(bytes);
}

async function* limited(stream: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let left = maxBytes;
  // The request is left open at an error, so that the reply still reaches the client.
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    const bytes = chunk as Buffer;
    left -= bytes.length;
    if (left < 0)
      throw new CraftportError('request.too-large', 'The upload is too large', {
        detail: { limit: maxBytes },
      });
    yield bytes;
  }
}

/** Passes bytes on as they are; refuses what is not UTF-8, or has a NUL. */
class Utf8Check {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #lines = 0;

  check(bytes: Buffer | undefined): void {
    try {
      this.#decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw invalidUpload(this.#lineOf(bytes), 'encoding', {
        message: 'The upload must be UTF-8',
        target: 'utf-8',
      });
    }
    if (bytes === undefined) return;
    if (bytes.includes(0))
      throw invalidUpload(this.#lineOf(bytes.subarray(0, bytes.indexOf(0))), 'encoding', {
        message: 'The upload must be text, without NUL characters',
        target: 'utf-8',
      });
    this.#lines += countLines(bytes);
  }

  /** The line with the first byte that is wrong. */
  #lineOf(bytes: Buffer | undefined): number {
    if (bytes === undefined) return this.#lines + 1;
    const text = new TextDecoder('utf-8').decode(bytes);
    const at = text.indexOf('\ufffd');
    const before = at < 0 ? bytes : Buffer.from(text.slice(0, at));
    return this.#lines + countLines(before) + 1;
  }
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1;
  return lines;
}

async function* readCsv(bytes: AsyncGenerator<Buffer>): AsyncGenerator<readonly TypedNumber[]> {
  const parser = parse({
    bom: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    max_record_size: MAX_ROW_BYTES,
  });
  const utf8 = new Utf8Check();
  async function* checked(): AsyncGenerator<Buffer> {
    for await (const chunk of bytes) {
      utf8.check(chunk);
      yield chunk;
    }
    utf8.check(undefined);
  }
  const source = Readable.from(checked(), { objectMode: false, highWaterMark: 65_536 });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let header: CsvHeader | undefined;
  try {
    for await (const records of recordsOf(parser)) {
      const isFirst = header === undefined;
      header ??= readHeader(records[0] ?? []);
      const columns = header;
      const rows = isFirst ? records.slice(1) : records;
      if (rows.length > 0) yield rows.map((record) => toNumber(record, columns));
    }
  } catch (error) {
    throw error instanceof CsvError ? fromCsvError(error) : error;
  } finally {
    source.destroy();
    parser.destroy();
  }
}

type CsvParser = ReturnType<typeof parse>;

/** Whatever the parser has ready, at once: asking for record after record costs more than parsing. */
async function* recordsOf(parser: CsvParser): AsyncGenerator<(readonly string[])[]> {
  let wake: () => void = () => undefined;
  let failure: Error | undefined;
  let hasEnded = false;
  parser.on('readable', () => wake());
  parser.on('end', () => {
    hasEnded = true;
    wake();
  });
  parser.on('error', (error) => {
    failure = error;
    wake();
  });
  const isOver = (): boolean => hasEnded || failure !== undefined;
  for (;;) {
    const records: (readonly string[])[] = [];
    for (
      let record = parser.read() as readonly string[] | null;
      record !== null;
      record = parser.read() as readonly string[] | null
    )
      records.push(record);
    if (records.length > 0) {
      yield records;
      continue;
    }
    // A getter of the closure: the compiler cannot know that the listeners change it.
    const error = ((): Error | undefined => failure)();
    if (error !== undefined) throw error;
    if (isOver()) return;
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (isOver() || parser.readableLength > 0) resolve();
    });
  }
}

interface CsvHeader {
  readonly number: number;
  /** Column → public field; columns that the agent itself owns are left out. */
  readonly fields: readonly (readonly [number, string])[];
}

function readHeader(names: readonly string[]): CsvHeader {
  const keys = names.map((name) => name.trim());
  const number = keys.findIndex((key) => key.toLowerCase() === 'number');
  if (number < 0)
    throw invalidUpload(1, 'header', {
      message: 'The first row must name the columns, one of them `number`',
      target: 'number',
    });
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined)
    throw invalidUpload(1, 'header', {
      message: `The column ${twice} is there twice`,
      value: twice,
    });
  const kept = publicNumberFields(Object.fromEntries(keys.map((key) => [key, ''])));
  const fields = keys.flatMap((key, index): (readonly [number, string])[] =>
    index !== number && key !== '' && key !== '__proto__' && Object.hasOwn(kept, key)
      ? [[index, key]]
      : [],
  );
  return { number, fields };
}

function toNumber(record: readonly string[], header: CsvHeader): TypedNumber {
  const typed = (record[header.number] ?? '').trim();
  if (header.fields.length === 0) return { typed, fields: undefined };
  const fields: Record<string, string> = {};
  for (const [index, key] of header.fields) {
    const value = record[index] ?? '';
    if (value !== '') fields[key] = value;
  }
  return { typed, fields };
}

function fromCsvError(error: CsvError): CraftportError {
  const lines: unknown = error['lines'];
  const line = typeof lines === 'number' ? lines : 0;
  if (error.code === 'CSV_MAX_RECORD_SIZE') return tooLong(line);
  return invalidUpload(line, 'csv', { message: error.message });
}

async function* readNdjson(bytes: AsyncGenerator<Buffer>): AsyncGenerator<readonly TypedNumber[]> {
  const utf8 = new Utf8Check();
  let line = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    utf8.check(chunk);
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const numbers: TypedNumber[] = [];
    let start = 0;
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, start)) {
      line += 1;
      numbers.push(...parseLine(data.subarray(start, end), line));
      start = end + 1;
    }
    rest = data.subarray(start);
    if (rest.length > MAX_ROW_BYTES) throw tooLong(line + 1);
    if (numbers.length > 0) yield numbers;
  }
  utf8.check(undefined);
  const last = parseLine(rest, line + 1);
  if (last.length > 0) yield last;
}

function parseLine(bytes: Buffer, line: number): readonly TypedNumber[] {
  if (bytes.length > MAX_ROW_BYTES) throw tooLong(line);
  const text = bytes
    .toString('utf8')
    .replace(/^\ufeff/, line === 1 ? '' : '\ufeff')
    .trim();
  if (text === '') return [];
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    throw invalidUpload(line, 'json', { message: 'Each line must be a JSON object' });
  }
  if (!isJsonObject(value))
    throw invalidUpload(line, 'json', { message: 'Each line must be a JSON object' });
  const { number } = value;
  const typed = typeof number === 'number' ? String(number) : number;
  if (typeof typed !== 'string')
    throw invalidUpload(line, 'required', {
      message: 'Each line must have a `number`',
      target: 'number',
    });
  if (/\\u/.test(text)) assertStorable(value, line);
  return [{ typed: typed.trim(), fields: publicNumberFields(withoutNumber(value)) }];
}

function withoutNumber(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => key !== 'number' && key !== '__proto__'),
  );
}

/** Only escapes can make what UTF-8 itself cannot. */
function assertStorable(value: JsonObject, line: number): void {
  JSON.stringify(value, (key, member: unknown) => {
    for (const text of [key, member])
      if (typeof text === 'string' && (text.includes('\0') || !text.isWellFormed()))
        throw invalidUpload(line, 'json', {
          message: 'Strings must be well-formed Unicode without NUL',
        });
    return member;
  });
}

function tooLong(line: number): CraftportError {
  return invalidUpload(line, 'maxLength', {
    message: `A row must be at most ${String(MAX_ROW_BYTES)} bytes`,
    target: MAX_ROW_BYTES,
  });
}

/** `{"body":{"csv":{"message":"line 7: …","cause":7}}}` */
function invalidUpload(line: number, rule: string, failure: RuleFailure): CraftportError {
  const message = `line ${String(line)}: ${failure.message}`;
  return invalidFields({ body: { [rule]: { ...failure, message, cause: line } } });
}
