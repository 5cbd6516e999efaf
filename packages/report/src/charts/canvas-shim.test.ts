// Tests the package `canvas` in ../../canvas, which chartjs-node-canvas loads in place of node-canvas.

import { createRequire } from "node:module";
import { ChartJSNodeCanvas } from "chartjs-node-canvas";
import { expect, test } from "vitest";

const canvasModule = createRequire(import.meta.url)("canvas");

function drawing() {
  const canvas = canvasModule.createCanvas(60, 40, "svg");
  const context = canvas.getContext("2d");
  context.fillRect(10, 10, 20, 20);
  context.fillText("A", 35, 30);
  return canvas;
}

test("an SVG canvas returns the same content each time, as node-canvas does", () => {
  const canvas = drawing();
  const svg: Buffer = canvas.toBuffer();
  expect(svg.toString()).toMatch(/<svg [\s\S]*<rect x="10" y="10" width="20" height="20"[\s\S]*<\/svg>/);
  expect(canvas.toBuffer("image/svg+xml").equals(svg)).toBe(true);
});

test("an SVG canvas converts text to paths", () => {
  const svg = drawing().toBuffer().toString();
  expect(svg).not.toContain("<text");
  expect(svg).toContain("<path");
});

test("toBuffer passes its callback the SVG, or an error for a type that an SVG canvas cannot encode", async () => {
  const call = (type?: string) =>
    new Promise((resolve) => {
      drawing().toBuffer((error: Error | null, buffer?: Buffer) => resolve(error ?? buffer), type);
    });
  expect(await call()).toBeInstanceOf(Buffer);
  expect(await call("image/png")).toMatchObject({ message: expect.stringContaining('"image/png"') });
  expect(() => drawing().toBuffer("image/png")).toThrow('expected "image/svg+xml"');
});

test("chartjs-node-canvas renders SVG and PNG with the package, synchronously and asynchronously", async () => {
  const chart = () => ({ type: "bar" as const, data: { labels: ["a"], datasets: [{ data: [1] }] } });
  const svg = new ChartJSNodeCanvas({ type: "svg", width: 100, height: 80 });
  const synchronous = svg.renderToBufferSync(chart(), "image/svg+xml");
  expect(synchronous.toString()).toContain("</svg>");
  expect((await svg.renderToBuffer(chart(), "image/svg+xml" as "image/png")).equals(synchronous)).toBe(true);

  const png = new ChartJSNodeCanvas({ width: 100, height: 80 });
  const signature = Buffer.from("89504e470d0a1a0a", "hex");
  expect(png.renderToBufferSync(chart()).subarray(0, 8)).toEqual(signature);
  expect((await png.renderToBuffer(chart())).subarray(0, 8)).toEqual(signature);
});
