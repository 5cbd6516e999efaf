// Tests the tables of the page in Chromium: sorting, filters, widths, and the table of differences.

import { expect, it } from "vitest";
import { methods, syntheticRecords, withScores } from "../synthetic.test.data.ts";
import { columnTexts, describeInChromium } from "./chromium.test.data.ts";

describeInChromium("the tables in Chromium", ({ openPage }) => {
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
});
