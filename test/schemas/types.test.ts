import { expect, it } from 'vitest';
import { generateTypes, schemaDirectory } from './generate-types.ts';

it('types.ts says what the documents say', async () => {
  const file = new URL('types.ts', schemaDirectory).pathname;
  await expect(await generateTypes()).toMatchFileSnapshot(file);
});
