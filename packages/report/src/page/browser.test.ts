// Tests the page in Chromium: no errors and no requests, themes, print, images, hostile names, the download, and
// thousands of runs.

import { readFileSync } from "node:fs";
import type { CDPSession, Page } from "playwright-core";
import { expect, it } from "vitest";
import { comparison } from "../comparison.ts";
import { toCsv } from "../csv.ts";
import { methods, syntheticRecords } from "../synthetic.test.data.ts";
import { columnTexts, describeInChromium } from "./chromium.test.data.ts";
import { hostileRecords, hostileText } from "./hostile.test.data.ts";

/** A WebP file of 1×1 pixel, lossless. */
const tinyImage = Buffer.from("UklGRhwAAABXRUJQVlA4TBAAAAAvAAAAEAfQ//73v/+BiOh/AAA=", "base64");

describeInChromium("the page in Chromium", ({ openPage, openAddress, savePage }) => {
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

  it("loads 10,080 runs in less than 5 seconds of CPU time", async () => {
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
    let session: CDPSession;
    const page = await openAddress(savePage(records), {
      async prepare(page) {
        session = await page.context().newCDPSession(page);
        // Other programs do not change the CPU time of the page's thread, and CI runs several tests at once.
        await session.send("Performance.enable", { timeDomain: "threadTicks" });
      },
    });
    expect(await page.locator("#runs-count").textContent()).toBe("50 of 10080 runs");
    const { metrics } = await session!.send("Performance.getMetrics");
    const seconds = metrics.find(({ name }) => name === "TaskDuration")!.value;
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(5);
  });
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
