import { createRequire } from 'node:module';

/** The part of playwright that is used here. */
export interface Page {
  on(event: 'pageerror', listener: (error: Error) => void): unknown;
  on(event: 'console', listener: (line: { type(): string; text(): string }) => void): unknown;
  goto(url: string): Promise<unknown>;
  /** Runs a closed function in the page; what it is given and returns are copied. */
  evaluate<Given>(run: (given: Given) => Promise<unknown>, given: Given): Promise<unknown>;
  close(): Promise<void>;
}

export interface Browser {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: { launch(options: { readonly executablePath: string }): Promise<Browser> };
}

/** Starts a browser without a window; playwright is loaded when one is there to drive, not before. */
export const launch = (executablePath: string): Promise<Browser> => {
  const require = createRequire(import.meta.url);
  const { chromium } = require('playwright-core') as Playwright;
  return chromium.launch({ executablePath });
};
