// Pictures of the console for people to look at: with CRAFTPORT_SCREENSHOTS set to a folder they
// are left there in two sizes and both themes, otherwise nothing is done.

import { join } from 'node:path';
import type { Page } from 'playwright-core';

export const THEMES = ['light', 'dark'] as const;
const FOLDER = process.env['CRAFTPORT_SCREENSHOTS'];

export async function picture(page: Page, name: string): Promise<void> {
  if (FOLDER === undefined) return;
  for (const [width, height] of [
    [1280, 800],
    [1920, 1080],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      await page.screenshot({ path: join(FOLDER, `${name}-${String(width)}-${theme}.png`) });
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}
