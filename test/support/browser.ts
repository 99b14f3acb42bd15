// A real Chromium on the console of a real agent.

import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { AgentProcess } from './agent-process.ts';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const CHROMIUM = process.env['CRAFTPORT_CHROMIUM'] ?? '/usr/bin/chromium';

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** One browser for the suite. */
export function useChromium(): () => Browser {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  return () => browser;
}

/** One browser for the suite. @returns a page on an empty profile */
export function useBrowser(): () => Promise<Page> {
  const browser = useChromium();
  return () => newPage(browser());
}

/** On an empty profile, closed when the test is finished. */
export async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(20_000);
  onTestFinished(() => context.close());
  return context.newPage();
}

/** Signs in as the master account's user, with the form. */
export async function signIn(page: Page, agent: AgentProcess): Promise<void> {
  const { account_name: account, username, password } = agent.credentials;
  await page.goto(agent.url);
  await page.getByLabel('Account name or realm').fill(account);
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
}
