// `npm run bench [name …]`: runs the named benchmarks, or all of them. Each prints figures
// beside a baseline measured in the same run; none asserts a time.

import { readdir } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';

interface BenchModule {
  readonly bench: () => Promise<void>;
}

const NOT_BENCHES = /^(?:run|support-.*)\.js$/;

const folder = new URL('./', import.meta.url);
const names = (await readdir(folder))
  .filter((file) => file.endsWith('.js') && !NOT_BENCHES.test(file))
  .map((file) => file.slice(0, -3))
  .sort();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`No bench ${unknown.join(', ')}; there are ${names.join(', ')}\n`);
  process.exit(2);
}
const memory = `${String(Math.round(totalmem() / 2 ** 30))} GiB`;
console.log(
  `node ${process.version}, ${String(cpus().length)} × ${cpus()[0]?.model ?? '?'}, ${memory}`,
);
for (const name of wanted.length > 0 ? wanted : names) {
  console.log(`\n== ${name}`);
  const { bench } = (await import(new URL(`${name}.js`, folder).href)) as BenchModule;
  await bench();
}
