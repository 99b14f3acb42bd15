// A person at the keyboard alone: Tab, arrows, Enter, and typing. Nothing here moves a mouse or
// puts the focus anywhere by script.

import type { Locator, Page } from 'playwright-core';

export interface Keyboard {
  press(...keys: readonly string[]): Promise<void>;
  type(text: string): Promise<void>;
  /** Presses Tab until the element has the focus. @throws Error naming what had it on the way */
  tabTo(target: Locator, key?: 'Tab' | 'Shift+Tab'): Promise<void>;
  /** In a table that has the focus: down until the active row says it. */
  downTo(grid: Locator, text: string): Promise<void>;
}

/** More stops than that are no way to work. */
const MOST_TABS = 40;
const MOST_ROWS = 60;

export function keyboardOf(page: Page): Keyboard {
  const hasFocus = (target: Locator): Promise<boolean> =>
    target.evaluate((element) => element === document.activeElement);
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  return {
    press,
    type: (text) => page.keyboard.type(text),
    tabTo: async (target, key = 'Tab') => {
      await target.waitFor();
      const stops: string[] = [];
      while (!(await hasFocus(target))) {
        if (stops.length === MOST_TABS)
          throw new Error(`Not reached by ${key}: ${target.toString()}; ${stops.join(' · ')}`);
        await press(key);
        stops.push(
          await page.evaluate(() => {
            const at = document.activeElement;
            return `${at?.tagName ?? ''} ${(at?.getAttribute('aria-label') ?? at?.textContent ?? '').slice(0, 20)}`;
          }),
        );
      }
    },
    downTo: async (grid, text) => {
      const active = async (): Promise<string> => {
        const id = await grid.getAttribute('aria-activedescendant');
        return (await page.locator(`[id="${id ?? ''}"]`).textContent()) ?? '';
      };
      for (let row = 0; !(await active()).includes(text); row += 1) {
        if (row === MOST_ROWS) throw new Error(`No row says ${text}`);
        await press('ArrowDown');
      }
    },
  };
}
