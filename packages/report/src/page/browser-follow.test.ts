// Tests in Chromium that the page loads itself again while a grid runs, and keeps what the reader chose.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { comparison } from "../comparison.ts";
import { methods, syntheticRecords } from "../synthetic.test.data.ts";
import { columnTexts, describeInChromium } from "./chromium.test.data.ts";
import { reportPage } from "./report-page.ts";

describeInChromium("a page that follows a grid, in Chromium", ({ openAddress }) => {
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
    const served = await serve(pages);
    try {
      const page = await openAddress(served.address);
      await page.locator("#scatter-y").selectOption("KID");
      await page.locator("#runs-filter").fill("food");
      await page.locator("#reference").selectOption("BitFit");
      await page.locator("#scatter-dataset").selectOption("SUN397");
      const heading = page.locator("#methods thead th", { hasText: "Trainable" });
      await heading.locator("button").click();
      await heading.locator("button").click();
      expect(await page.locator("#runs-count").textContent()).toBe("10 of 10 runs that match");
      served.show(1);
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
      served.close();
    }
  });

  it("keeps what the reader chose over several pages, and has the selections of each new page elsewhere", async () => {
    const [, bitfit, lora, adaptformer, vpt, difffit] = methods;
    const begun = [bitfit!, lora!, adaptformer!, vpt!];
    // DiffFit, the best of the second page, has no run in the first one.
    const pages = [begun, [...begun, difffit!], [...begun, difffit!]].map((chosen, index) =>
      reportPage(comparison(syntheticRecords({ methods: chosen, datasets: ["food"], seeds: [0, 1, 2] })), {
        follow: `"tag-${index}"`,
      }),
    );
    const served = await serve(pages);
    try {
      const page = await openAddress(served.address);
      const reference = page.locator("#differences caption");
      expect(await reference.textContent()).toBe("FID minus that of BitFit");
      await page.locator("#scatter-y").selectOption("KID");
      for (const [number, chosen] of [
        [1, null],
        [2, "BitFit"],
      ] as const) {
        if (chosen !== null) await page.locator("#reference").selectOption(chosen);
        served.show(number);
        await expect.poll(() => followedTag(page), { timeout: 10_000 }).toBe(`"tag-${number}"`);
        expect(await reference.textContent()).toBe(`FID minus that of ${chosen ?? "DiffFit"}`);
        expect(await page.locator("#scatter-values caption").textContent()).toBe("KID against Training time (s)");
      }
    } finally {
      served.close();
    }
  });
});

interface Served {
  address: string;
  show(index: number): void;
  close(): void;
}

/** Sends the first of the pages, later another one; the tag of a page is its number. */
async function serve(pages: readonly string[]): Promise<Served> {
  let current = 0;
  const server = createServer(({ method }, response) => {
    response.setHeader("etag", `"tag-${current}"`).setHeader("content-type", "text/html; charset=utf-8");
    response.end(method === "HEAD" ? undefined : pages[current]);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    show: (index) => {
      current = index;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The tag of the page that is open; null until it has restored the reader's choices. */
const followedTag = (page: Page): Promise<string | null> =>
  page.evaluate(() => {
    if (!document.getElementById("follow-status")?.textContent) return null;
    return (JSON.parse(document.getElementById("data")!.textContent) as { follow: string }).follow;
  });
