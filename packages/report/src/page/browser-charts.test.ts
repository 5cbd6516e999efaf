// Tests the charts of the page in Chromium: points, intervals, the Pareto front, values on hover and by keys.

import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { diverged, methods, syntheticRecords, withScores } from "../synthetic.test.data.ts";
import { describeInChromium } from "./chromium.test.data.ts";

describeInChromium("the charts in Chromium", ({ openPage }) => {
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
