// Tests the page in Chromium: no errors and no requests, sorting, filters, values on hover and by keys, themes, images,
// hostile names, the download, thousands of runs, and loading again while a grid runs.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RunRecord } from "@dit-bench/record";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { comparison } from "../comparison.ts";
import { toCsv } from "../csv.ts";
import { diverged, methods, syntheticRecords, withScores } from "../synthetic.test.data.ts";
import { hostileRecords, hostileText } from "./hostile.test.data.ts";
import { type PageOptions, reportPage } from "./report-page.ts";

const executable = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path !== undefined && existsSync(path));

const reason = executable === undefined ? " (skipped: no Chromium; install it, or set CHROMIUM to its path)" : "";

/** A WebP file of 1×1 pixel, lossless. */
const tinyImage = Buffer.from("UklGRhwAAABXRUJQVlA4TBAAAAAvAAAAEAfQ//73v/+BiOh/AAA=", "base64");

describe.skipIf(executable === undefined)(`the page in Chromium${reason}`, () => {
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

  interface Opening extends PageOptions {
    width?: number;
    theme?: "light" | "dark";
  }

  async function openAddress(address: string, { width = 1200, theme = "light" }: Opening = {}): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: theme });
    page.on("console", (message) => problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("request", (request) => {
      if (!/^(data:|blob:)/.test(request.url()) && request.url() !== address) problems.push(request.url());
    });
    await page.goto(address);
    return page;
  }

  async function openPage(records: RunRecord[], options: Opening = {}): Promise<Page> {
    const file = join(folder, `${number++}.html`);
    writeFileSync(file, reportPage(comparison(records), options));
    return openAddress(pathToFileURL(file).href, options);
  }

  const columnTexts = (page: Page, table: string, column: number) =>
    page
      .locator(`#${table} tbody tr`)
      .evaluateAll(
        (lines, index) =>
          (lines as HTMLTableRowElement[])
            .filter((line) => !line.hidden)
            .map((line) => line.cells[index]!.textContent.trim()),
        column,
      );

  it.each([
    ["light", 1440],
    ["dark", 1440],
    ["light", 360],
    ["dark", 360],
  ] as const)("opens in %s at %i pixels without messages, requests or text beyond the edge", async (theme, width) => {
    const page = await openPage(syntheticRecords(), { theme, width });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(background).toBe(theme === "light" ? "rgb(255, 255, 255)" : "rgb(20, 23, 28)");
    for (const chart of ["parameters", "scatter", "curves"])
      expect(await paintedPixels(page, `${chart}-canvas`), chart).toBeGreaterThan(500);
  });

  it("shows the tables of one method with every score without scrolling sideways at 1,440 pixels", async () => {
    const records = syntheticRecords({ methods: [methods[3]!], datasets: ["food"], seeds: [0] });
    const names = ["heldOutFid", "heldOutKid", "copyRate", "precision", "recall", "density", "coverage"];
    const scores = Object.fromEntries(names.map((name) => [name, name === "heldOutFid" ? 123.45 : 0.123]));
    const page = await openPage(
      records.map((record) => withScores(record, scores)),
      { width: 1440 },
    );
    const hidden = await page
      .locator("#methods-section .scroll")
      .evaluateAll((regions) => regions.map((region) => region.scrollWidth - region.clientWidth));
    expect(hidden).toEqual([0, 0]);
  });

  it("prints light, without controls, with tables and charts that fit the page", async () => {
    const page = await openPage(syntheticRecords(), { theme: "dark", width: 700 });
    const darkInk = await paintedPixels(page, "parameters-canvas", 230);
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgb(255, 255, 255)");
    expect(darkInk).toBeGreaterThan(100);
    expect(await paintedPixels(page, "parameters-canvas", 230)).toBeLessThan(darkInk / 10);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
    expect(await page.locator("nav, input, #download-csv, .readout").evaluateAll(countVisible)).toBe(0);
    const overlaps = await page.locator("section").evaluateAll((sections) =>
      sections.flatMap((section) => {
        const { bottom } = section.getBoundingClientRect();
        return [...section.querySelectorAll("*")]
          .filter((inner) => inner.getBoundingClientRect().bottom > bottom + 1)
          .map((inner) => `${section.id}: ${inner.tagName}`);
      }),
    );
    expect(overlaps).toEqual([]);
    await page.emulateMedia({ media: "screen" });
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    await expect.poll(() => paintedPixels(page, "parameters-canvas", 230)).toBeGreaterThan(0.9 * darkInk);
  });

  it("sorts a table by its headings, better values first, and tells screen readers", async () => {
    const page = await openPage(syntheticRecords());
    const heading = page.locator("#methods thead th", { hasText: "Trainable" });
    await heading.locator("button").click();
    expect(await heading.getAttribute("aria-sort")).toBe("ascending");
    expect((await columnTexts(page, "methods", 0)).slice(0, 2)).toEqual(["Base model", "BitFit"]);
    await heading.locator("button").press("Enter");
    expect(await heading.getAttribute("aria-sort")).toBe("descending");
    expect((await columnTexts(page, "methods", 0))[0]).toBe("Full");

    await page.locator("#runs-table thead th", { hasText: "FID" }).locator("button").click();
    const fids = (await columnTexts(page, "runs-table", 4)).map(Number);
    expect(fids).toHaveLength(50);
    expect(fids).toEqual([...fids].sort((a, b) => a - b));
  });

  it("filters tables by text and by selection, and shows more runs on request", async () => {
    const page = await openPage(syntheticRecords());
    await page.locator("#methods-filter").fill("fit");
    expect((await columnTexts(page, "methods", 0)).sort()).toEqual(["BitFit", "DiffFit"]);
    expect(await page.locator("#methods-count").textContent()).toBe("2 of 7 rows");

    expect(await page.locator("#runs-count").textContent()).toBe("50 of 144 runs");
    await page.locator("#runs-more").click();
    expect(await page.locator("#runs-count").textContent()).toBe("100 of 144 runs");
    await page.locator("#runs-method").selectOption("DiffFit");
    await page.locator("#runs-filter").fill("food 2");
    expect(await page.locator("#runs-count").textContent()).toBe("1 of 1 runs that match");
    expect(await columnTexts(page, "runs-table", 1)).toEqual(["Food-101"]);
  });

  it("filters by alternatives with commas between them, and sorts names as text", async () => {
    const records = syntheticRecords({ datasets: ["food"], seeds: [0, 1] });
    const names: Record<string, string> = { "LoRA-R8": "8", "VPT-Deep": "0x10", BitFit: "1e1", AdaptFormer: "ten" };
    const named = records.map((record) => ({
      ...record,
      cell: { ...record.cell, methodLabel: names[record.cell.methodLabel] ?? record.cell.methodLabel },
    }));
    const page = await openPage(named);
    await page.locator("#methods-filter").fill("full, diff,");
    expect((await columnTexts(page, "methods", 0)).sort()).toEqual(["DiffFit", "Full"]);
    await page.locator("#methods-filter").fill(" , ");
    expect(await columnTexts(page, "methods", 0)).toHaveLength(7);
    await page.locator("#runs-filter").fill("full, diff");
    expect(await page.locator("#runs-count").textContent()).toBe("4 of 4 runs that match");
    await page.locator("#methods thead th", { hasText: "Method" }).locator("button").click();
    // Numbers within names sort by their value, as in LoRA-R8 and LoRA-R16; 0x10 and 1e1 are not numbers.
    expect(await columnTexts(page, "methods", 0)).toEqual([
      ...["0x10", "1e1", "8", "Base model", "DiffFit", "Full", "ten"],
    ]);
  });

  it("states over how many runs a mean on one dataset is, if some diverged", async () => {
    const records = syntheticRecords({ datasets: ["food", "sun"], methods: methods.slice(0, 2) });
    const first = records.findIndex(({ cell }) => cell.method === "bitfit" && cell.dataset === "food");
    const page = await openPage(records.with(first, diverged(records[first]!)));
    await page.locator("#scatter-dataset").selectOption("Food-101");
    const values = await page.locator("#scatter-values tbody tr", { hasText: "BitFit" }).textContent();
    expect(values).toMatch(/\(of 2 of 3 runs\)$/);
    expect(await page.locator("#scatter-values tbody tr", { hasText: "Full" }).textContent()).not.toContain("runs");
  });

  it("explains intervals from the samples only, and draws them dotted", async () => {
    const page = await openPage(syntheticRecords({ datasets: ["food"], seeds: [0], methods: [methods[1]!] }));
    expect(await page.locator("#parameters-note").textContent()).toMatch(
      /^Dotted bars: 95 % intervals from the finite/,
    );
    expect(await dashesOf(page)).toContain("2,2");
    const several = await openPage(syntheticRecords({ datasets: ["food"], methods: [methods[1]!] }));
    expect(await several.locator("#parameters-note").textContent()).toMatch(/^Bars: 95 % intervals\. /);
    expect(await dashesOf(several)).not.toContain("2,2");
  });

  it("has no Pareto front with a metric whose lowest value is not the best", async () => {
    const records = syntheticRecords({ datasets: ["food"] }).map((record) => withScores(record, { copyRate: 0.05 }));
    const page = await openPage(records);
    const legend = () =>
      page.evaluate(
        () =>
          (
            window as unknown as { Chart: { getChart(id: string): { data: { datasets: { label: string }[] } } } }
          ).Chart.getChart("scatter-canvas").data.datasets.filter(({ label }) => label === "Pareto front").length,
      );
    expect(await legend()).toBe(1);
    await page.locator("#scatter-y").selectOption("Copy rate");
    expect(await legend()).toBe(0);
  });

  it("shows a point's values on hover and by arrow keys", async () => {
    const page = await openPage(syntheticRecords());
    const canvas = page.locator("#parameters-canvas");
    const readout = page.locator("#parameters-readout");
    await canvas.scrollIntoViewIfNeeded();
    const hint = await readout.textContent();
    const area = (await canvas.boundingBox())!;
    await page.mouse.move(area.x + area.width * 0.9, area.y + area.height * 0.7);
    await expect.poll(() => readout.textContent()).toMatch(/^Full: Trainable parameters: 1\.80M; FID: 16\.\d\d \(/);
    await page.mouse.move(area.x - 30, area.y - 60);
    await expect.poll(() => readout.textContent()).toBe(hint);
    await canvas.focus();
    await page.keyboard.press("ArrowRight");
    expect(await readout.textContent()).toMatch(/^BitFit: Trainable parameters: 20\.7k; FID: /);
    await page.keyboard.press("ArrowLeft");
    expect(await readout.textContent()).toMatch(/^Full: /);
  });

  it("plots any two metrics, of methods or of runs, with their values as a table", async () => {
    const page = await openPage(syntheticRecords());
    const lines = () => page.locator("#scatter-values tbody tr").count();
    expect(await lines()).toBe(6);
    await page.locator("#scatter-x").selectOption("Peak memory (MB)");
    await page.locator("#scatter-y").selectOption("KID");
    expect(await page.locator("#scatter-values caption").textContent()).toBe("KID against Peak memory (MB)");
    await page.locator("#scatter-dataset").selectOption("Food-101");
    await page.locator("#scatter-points").selectOption("single runs");
    expect(await lines()).toBe(18);
  });

  it("plots a single dataset with the intervals of the table", async () => {
    const page = await openPage(syntheticRecords({ datasets: ["food"] }));
    const [fid] = await page.locator("#scatter-values tbody tr:first-child td:last-child").allTextContents();
    expect(fid).toMatch(/^\d+\.\d\d \(\d+\.\d\d to \d+\.\d\d\)$/);
    await page.locator("#scatter-points").selectOption("single runs");
    expect(await page.locator("#scatter-values tbody tr").count()).toBe(18);
  });

  it("compares with the method of the answer first, also without full fine-tuning", async () => {
    for (const chosen of [methods, methods.slice(1)]) {
      const page = await openPage(syntheticRecords({ methods: chosen }));
      expect(await page.locator("#differences caption").textContent()).toBe("FID minus that of DiffFit");
    }
    const alone = await openPage(syntheticRecords({ methods: methods.slice(5) }));
    expect(await alone.locator("#differences caption").textContent()).toBe("FID minus that of DiffFit");
    expect(await alone.locator("#differences tbody th").allTextContents()).toEqual(["Base model"]);
  });

  it("compares every method with the chosen one", async () => {
    const page = await openPage(syntheticRecords());
    const verdicts = () => page.locator("#differences tbody tr").evaluateAll((all) => all.map((l) => l.textContent));
    expect((await verdicts()).every((text) => /DiffFit|not separated/.test(text))).toBe(true);
    await page.locator("#reference").selectOption("Base model");
    const fromBase = await verdicts();
    expect(fromBase).toHaveLength(6);
    expect(fromBase[0]).toMatch(/8 of 8 datasetsbetter than Base model$/);
  });

  it("keeps the chosen theme when the page is opened again, against the system's", async () => {
    const page = await openPage(syntheticRecords(), { theme: "dark" });
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const pixels = await paintedPixels(page, "parameters-canvas", 255);
    await page.locator("#theme").selectOption("light");
    expect(await background()).toBe("rgb(255, 255, 255)");
    expect(await paintedPixels(page, "parameters-canvas", 255)).not.toBe(pixels);
    await page.reload();
    expect(await background()).toBe("rgb(255, 255, 255)");
    expect(await page.locator("#theme").inputValue()).toBe("light");
  });

  it("shows the images of all methods for the chosen dataset and seed", async () => {
    const page = await openPage(syntheticRecords({ datasets: ["food", "sun"] }), {
      stripsOf: ({ cell }) => ({
        ...(cell.method === "vpt" ? {} : { samples: tinyImage }),
        base: tinyImage,
        real: tinyImage,
      }),
    });
    const titles = () => page.locator("#strips th").allTextContents();
    const expected = ["Real images", "Base model", "Full", "DiffFit", "BitFit", "AdaptFormer", "LoRA-R8"];
    expect(await titles()).toEqual(expected);
    await page.locator("#gallery-dataset").selectOption("SUN397");
    await page.locator("#gallery-seed").selectOption("2");
    expect(await titles()).toEqual(expected);
    const widths = await page
      .locator("#strips img")
      .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
    expect(widths).toEqual(expected.map(() => 1));
  });

  it("shows hostile names as text and runs none of them", async () => {
    const page = await openPage(hostileRecords(), { stripsOf: () => ({ samples: tinyImage, real: tinyImage }) });
    expect(await page.evaluate(() => "hacked" in window)).toBe(false);
    expect(await page.locator("img").count()).toBe(4);
    const shown = hostileText.replace("\u202e", "\\u{202e}");
    expect(await columnTexts(page, "methods", 0)).toContain(`BitFit${shown}`);
    expect((await columnTexts(page, "runs-table", 1))[0]).toBe(`Food-101${shown}`);
    expect(await page.locator("#reference option").allTextContents()).toContain(`LoRA-R8${shown}`);
  });

  it("labels every control and every chart for screen readers", async () => {
    const page = await openPage(syntheticRecords());
    const unnamed = await page
      .locator("select, input")
      .evaluateAll((controls) =>
        controls.filter((control) => (control as HTMLSelectElement).labels?.length !== 1).map(({ id }) => id),
      );
    expect(unnamed).toEqual([]);
    for (const name of ["FID against trainable parameters", "Any two metrics", "Curves during training"])
      expect(await page.getByRole("img", { name }).count(), name).toBe(1);
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement!.textContent)).toBe("Skip to the answer");
  });

  it("downloads the CSV of bench table", async () => {
    const records = syntheticRecords();
    const page = await openPage(records);
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#download-csv").click()]);
    expect(readFileSync((await download.path())!, "utf8")).toBe(toCsv(comparison(records)));
  });

  it("loads 10,080 runs in less than 5 seconds", async () => {
    const many = Array.from({ length: 42 }, (_, index) => ({
      ...methods[1 + (index % 5)]!,
      method: `m${index}`,
      label: `M${index}`,
      quality: 1 + index / 40,
    }));
    const seeds = Array.from({ length: 30 }, (_, seed) => seed);
    const records = many.flatMap((method) =>
      syntheticRecords({ methods: [method], seeds }).map((record) => ({
        ...record,
        training: { ...record.training, loss: record.training.loss.slice(0, 50) },
      })),
    );
    const file = join(folder, "many.html");
    writeFileSync(file, reportPage(comparison(records)));
    const start = performance.now();
    const page = await openAddress(pathToFileURL(file).href);
    expect(await page.locator("#runs-count").textContent()).toBe("50 of 10080 runs");
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("loads itself again when its server has another page, and keeps the reader's choices", async () => {
    // The second page has one more method, the first of the lists, and one more dataset, so that positions change.
    const pages = [0, 1].map((more) =>
      reportPage(
        comparison(
          syntheticRecords({
            methods: methods.slice(1 - more),
            datasets: ["food", "flowers", "sun", ...(more === 0 ? [] : ["caltech"])],
            seeds: [0, 1],
          }),
        ),
        { follow: `"tag-${more}"` },
      ),
    );
    let current = 0;
    const server = createServer(({ method }, response) => {
      response.setHeader("etag", `"tag-${current}"`).setHeader("content-type", "text/html; charset=utf-8");
      response.end(method === "HEAD" ? undefined : pages[current]);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const page = await openAddress(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.locator("#scatter-y").selectOption("KID");
      await page.locator("#runs-filter").fill("food");
      await page.locator("#reference").selectOption("BitFit");
      await page.locator("#scatter-dataset").selectOption("SUN397");
      const heading = page.locator("#methods thead th", { hasText: "Trainable" });
      await heading.locator("button").click();
      await heading.locator("button").click();
      expect(await page.locator("#runs-count").textContent()).toBe("10 of 10 runs that match");
      current = 1;
      await expect
        .poll(() => page.locator("#runs-count").textContent(), { timeout: 10_000 })
        .toBe("12 of 12 runs that match");
      expect(await page.locator("#scatter-values caption").textContent()).toBe("KID against Training time (s)");
      expect(await page.locator("#differences caption").textContent()).toBe("FID minus that of BitFit");
      const datasets = page.locator("#scatter-dataset");
      expect(await datasets.evaluate((select) => (select as HTMLSelectElement).selectedOptions[0]!.text)).toBe(
        "SUN397",
      );
      expect(await heading.getAttribute("aria-sort")).toBe("descending");
      expect((await columnTexts(page, "methods", 0))[0]).toBe("Full");
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

/** The dashes of the lines that the chart of parameters consists of. */
const dashesOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const { prototype } = CanvasRenderingContext2D;
    const original = prototype.setLineDash;
    const dashes: string[] = [];
    prototype.setLineDash = function (segments) {
      dashes.push([...segments].join());
      return original.call(this, segments);
    };
    const charts = (window as unknown as { Chart: { getChart(id: string): { draw(): void } } }).Chart;
    charts.getChart("parameters-canvas").draw();
    prototype.setLineDash = original;
    return dashes;
  });

const countVisible = (elements: Element[]) => elements.filter((element) => element.getClientRects().length > 0).length;

/** The number of pixels of a canvas that are painted, or whose red is `red`. */
function paintedPixels(page: Page, id: string, red?: number): Promise<number> {
  return page.locator(`#${id}`).evaluate((canvas, wanted) => {
    const { width, height } = canvas as HTMLCanvasElement;
    // Chromium advises against reading a canvas often that it draws on the GPU, so its copy is read.
    const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
    copy.drawImage(canvas as HTMLCanvasElement, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i + 3]! > 0 && (wanted === null || data[i] === wanted)) count++;
    return count;
  }, red ?? null);
}
