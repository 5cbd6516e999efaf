// Opens report pages in Chromium for tests. A message, an error or a request of a page fails its test.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RunRecord } from "@dit-bench/record";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import { comparison } from "../comparison.ts";
import { type PageOptions, reportPage } from "./report-page.ts";

const executable = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path !== undefined && existsSync(path));

const reason = executable === undefined ? " (skipped: no Chromium; install it, or set CHROMIUM to its path)" : "";

interface Opening extends PageOptions {
  width?: number;
  theme?: "light" | "dark";
  /** Called with the page before it goes to its address. */
  prepare?(page: Page): Promise<void>;
}

export interface Opener {
  openPage(records: RunRecord[], options?: Opening): Promise<Page>;
  /** Makes a page, and returns its address. */
  savePage(records: RunRecord[], options?: PageOptions): string;
  /** Opens an address; the page may request this one only. */
  openAddress(address: string, options?: Opening): Promise<Page>;
}

/** Describes tests that open pages; they are skipped without Chromium. */
export function describeInChromium(title: string, tests: (opener: Opener) => void): void {
  describe.skipIf(executable === undefined)(`${title}${reason}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "report-page-"));
    let browser: Browser;
    const problems: string[] = [];
    let number = 0;

    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: executable!, args: ["--no-sandbox", "--disable-gpu"] });
    });
    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true });
    });
    afterEach(async () => {
      for (const context of browser.contexts()) await context.close();
      expect(problems.splice(0)).toEqual([]);
    });

    async function openAddress(address: string, opening: Opening = {}): Promise<Page> {
      const { width = 1200, theme = "light", prepare } = opening;
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: theme });
      page.on("console", (message) => problems.push(message.text()));
      page.on("pageerror", (error) => problems.push(String(error)));
      page.on("request", (request) => {
        if (!/^(data:|blob:)/.test(request.url()) && request.url() !== address) problems.push(request.url());
      });
      await prepare?.(page);
      await page.goto(address);
      return page;
    }

    function savePage(records: RunRecord[], options: PageOptions = {}): string {
      const file = join(folder, `${number++}.html`);
      writeFileSync(file, reportPage(comparison(records), options));
      return pathToFileURL(file).href;
    }

    tests({
      openPage: async (records, options) => openAddress(savePage(records, options), options),
      openAddress,
      savePage,
    });
  });
}

/** The texts of one column of a table, of the lines that are shown. */
export const columnTexts = (page: Page, table: string, column: number): Promise<string[]> =>
  page
    .locator(`#${table} tbody tr`)
    .evaluateAll(
      (lines, index) =>
        (lines as HTMLTableRowElement[])
          .filter((line) => !line.hidden)
          .map((line) => line.cells[index]!.textContent.trim()),
      column,
    );
