// axe in a page of ours.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules about colours that axe runs unasked. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** By the debugger, past the content security policy, which would refuse a script. */
export async function loadAxe(page: Page): Promise<void> {
  await page.evaluate(AXE);
}

/** @returns each broken rule, of all or of those about colours, with the first element that breaks it */
export async function violations(
  page: Page,
  rules: 'all' | 'colours' = 'all',
): Promise<readonly string[]> {
  const options = {
    resultTypes: ['violations'],
    ...(rules === 'colours' ? { runOnly: COLOURS } : {}),
  };
  const found = await page.evaluate<string>(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => JSON.stringify(violations.map((v) => v.id + ' ' + v.nodes[0].html)))`,
  );
  return JSON.parse(found) as readonly string[];
}
