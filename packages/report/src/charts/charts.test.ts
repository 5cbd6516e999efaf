// Tests the charts: equal bytes for equal records, fonts, and the texts that they print.

import { createRequire } from "node:module";
import type { RunRecord } from "@dit-bench/record";
import { expect, test, vi } from "vitest";
import { comparison, lossCurve, parametersChart } from "../index.ts";
import { diverged, methods, recordsOf, syntheticRecords } from "../synthetic.test.data.ts";

const require = createRequire(import.meta.url);
const formats = ["png", "svg"] as const;
const decoded = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test("chart.js and the canvas are loaded only when a chart is drawn", async () => {
  const loaded = () => Object.keys(require.cache).filter((path) => /chart\.js|canvas/.test(path));
  expect(loaded()).toEqual([]);
  await parametersChart(comparison(syntheticRecords()), { format: "svg" });
  expect(loaded().length).toBeGreaterThan(0);
});

test.each(formats)("equal records give a %s with equal bytes, also after another chart was drawn", async (format) => {
  const draw = (records: RunRecord[]) => parametersChart(comparison(records), { format });
  const first = await draw(syntheticRecords());
  const other = await draw(syntheticRecords({ seeds: [0] }));
  const again = await draw(syntheticRecords().reverse());
  expect(Buffer.compare(again, first)).toBe(0);
  expect(Buffer.compare(other, first)).not.toBe(0);

  const record = syntheticRecords()[0]!;
  const loss = await lossCurve(record, format);
  expect(Buffer.compare(await lossCurve(record, format), loss)).toBe(0);
});

test("a PNG chart has two pixels per CSS pixel", async () => {
  const png = Buffer.from(await parametersChart(comparison(syntheticRecords()), { format: "png" }));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1920, 1200]); // width and height in the IHDR chunk
});

test("an SVG chart needs no font, scales with its view box, and has a title", async () => {
  const svg = decoded(await parametersChart(comparison(syntheticRecords()), { format: "svg" }));
  expect(svg).toContain('viewBox="0 0 960 600"');
  expect(svg).toContain("<title>FID against trainable parameters</title>");
  expect(svg).not.toContain("<text");
  expect(svg).not.toContain("font-family");
});

test("all text of all charts uses the font of the package", async () => {
  const { fonts, restore } = spyOnText();
  await parametersChart(comparison(syntheticRecords()), { format: "png" });
  await lossCurve(diverged(syntheticRecords()[0]!), "png");
  restore();
  expect(fonts.length).toBeGreaterThan(20);
  expect([...new Set(fonts.map((font) => font.split("px ")[1]))].map((family) => family?.replaceAll('"', ""))).toEqual([
    "dit-bench",
  ]);
});

test("the parameters chart names its methods, its extractor, the miniature, and the methods left out", async () => {
  const records = syntheticRecords().map((record) =>
    record.cell.method === "lora" && record.cell.dataset === "sun" ? diverged(record) : record,
  );
  const { texts, restore } = spyOnText();
  await parametersChart(comparison(records), { format: "png" });
  restore();
  const chartText = texts.join("\n");
  for (const { label } of methods) expect(texts.includes(label)).toBe(label !== "LoRA-R8");
  expect(chartText).toMatch(/Base model, not fine-tuned: 50\.\d\d, above this chart/);
  expect(chartText).toMatch(/mini-extractor\/1; never compare them with published FIDs/);
  expect(chartText).toContain("Not shown, because a dataset is missing or a run diverged: LoRA-R8.");
});

test("the parameters chart shows one method, none, two at one position, and a base model far away", async () => {
  const [, bitfit] = methods;
  const twins = [bitfit!, { ...bitfit!, label: "BitFit again" }];
  const farRecords = syntheticRecords().map((record) => ({ ...record, metrics: { ...record.metrics!, baseFid: 900 } }));
  const noRecords = syntheticRecords({ datasets: ["sun"] })
    .slice(0, 1)
    .concat(syntheticRecords({ datasets: ["cub"] }).slice(-1));
  const cases: [records: RunRecord[], shown: string][] = [
    [syntheticRecords({ methods: [bitfit!], seeds: [0] }), "BitFit"],
    [noRecords, "No method has an average over the datasets yet"],
    [syntheticRecords({ methods: twins }), "BitFit again"],
    [farRecords, "Base model, not fine-tuned: 900.00, above this chart"],
  ];
  for (const [records, shown] of cases) {
    const { texts, restore } = spyOnText();
    await parametersChart(comparison(records), { format: "png" });
    restore();
    expect(texts).toContain(shown);
  }
});

test("the parameters chart has a base model without an interval on its axis", async () => {
  const { texts, restore } = spyOnText();
  await parametersChart(comparison(recordsOf({ A: { food: [30, 40] } })), { format: "png" });
  restore();
  expect(texts).toContain("Base model, not fine-tuned: 50.00");
});

test("the loss curve marks where a run diverged, and has a logarithmic axis if the loss explodes", async () => {
  const run = diverged(syntheticRecords()[0]!);
  run.training.loss.splice(-2, 1, { step: 99, value: 4e5 });
  const { texts, restore } = spyOnText();
  await lossCurve(run, "png");
  restore();
  expect(texts).toContain("diverged at step 100");
  expect(texts).toContain("1e6");
  expect(texts).toContain("Training loss: Full on Food-101");
});

test("the loss curve shows the losses of the batches behind the fixed-batch loss if they fit its axis", async () => {
  const run = syntheticRecords()[0]!;
  const loss = Array.from({ length: 60 }, (_, i) => ({ step: 5 * i, value: 0.2 + 0.002 * (i % 5) }));
  const fixedBatchLoss = [0, 100, 200, 300].map((step) => ({ step, value: 0.21 - step / 20_000 }));
  const { texts, restore } = spyOnText();
  await lossCurve({ ...run, training: { ...run.training, loss, fixedBatchLoss } }, "png");
  restore();
  expect(texts.join(" ")).toContain("Grey: training loss of each batch");
});

test("the loss curve shows the fixed-batch loss if the record has one", async () => {
  const run = syntheticRecords()[0]!;
  const fixed = [0, 60, 120, 180, 240, 300].map((step) => ({ step, value: 0.21 - step / 10_000 }));
  const { texts, restore } = spyOnText();
  await lossCurve({ ...run, training: { ...run.training, fixedBatchLoss: fixed } }, "png");
  restore();
  const chartText = texts.join(" ");
  expect(chartText).toContain("loss of the averaged weights (EMA) on a fixed batch of training images");
  expect(chartText).toContain("do not fit this chart");
  expect(texts).toContain("Loss: Full on Food-101");
  // The line spans 0.03, the losses of the batches 0.1 to 0.4: the axis fits the line, not every batch.
  const ticks = texts.map(Number).filter((tick) => tick > 0 && tick < 1);
  expect(Math.max(...ticks) - Math.min(...ticks)).toBeLessThan(0.2);
});

test("error bars that reflect the samples only are dotted and explained, and single seeds are shown", async () => {
  const [full, bitfit] = methods;
  const records = syntheticRecords({ methods: [full!, bitfit!] }).filter(
    ({ cell }) => cell.method === "full" || cell.seed === 0,
  );
  const { texts, restore } = spyOnText();
  await parametersChart(comparison(records), { format: "png" });
  restore();
  const chartText = texts.join(" ");
  expect(chartText).toContain("solid from the spread over seeds, dotted from the finite number of samples only");
  expect(chartText).toContain("Small points: single seeds.");
  const countDots = async (chosen: RunRecord[]) =>
    decoded(await parametersChart(comparison(chosen), { format: "svg" })).match(/fill-opacity="0\.6/g)?.length ?? 0;
  expect(await countDots(records)).toBe(3);
  expect(await countDots(syntheticRecords({ methods: [bitfit!], seeds: [0] }))).toBe(0);
});

test("a method without an interval has no error bar, and a chart without bars does not explain them", async () => {
  const textsOf = async (records: RunRecord[]) => {
    const { texts, restore } = spyOnText();
    await parametersChart(comparison(records), { format: "png" });
    restore();
    return texts;
  };
  const equal = await textsOf(recordsOf({ A: { food: [10, 10] } }));
  expect(equal).toContain("A");
  expect(equal.join(" ")).not.toMatch(/[Bb]ars:/);
  expect((await textsOf(recordsOf({ A: { food: [null] } }))).join(" ")).not.toMatch(/[Bb]ars:/);
  expect((await textsOf(recordsOf({ A: { food: [10, 11] } }))).join(" ")).toContain("Bars: 95 % intervals from the");
});

/** Records the texts written on canvases, and their fonts. */
function spyOnText() {
  const prototype = Object.getPrototypeOf(require("canvas").createCanvas(1, 1).getContext("2d"));
  const fonts: string[] = [];
  const texts: string[] = [];
  const original = prototype.fillText;
  const spy = vi.spyOn(prototype, "fillText").mockImplementation(function (this: unknown, ...args: unknown[]) {
    fonts.push((this as { font: string }).font);
    texts.push(String(args[0]));
    return original.apply(this, args);
  });
  return { fonts, texts, restore: () => spy.mockRestore() };
}
