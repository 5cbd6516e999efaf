// The display of a grid, on terminals of several sizes and without one.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Terminal } from "../progress.ts";
import { createGridDisplay } from "./display.ts";
import { createGridEstimate } from "./estimate.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function createScreen({ isTTY, columns = 80, rows = 24 }: { isTTY: boolean; columns?: number; rows?: number }) {
  const written: string[] = [];
  const terminal: Terminal = { write: (text) => void written.push(text), isTTY, columns, rows, now: () => Date.now() };
  const estimate = createGridEstimate(() => Date.now());
  let ended = 0;
  const state = { counts: () => ({ ended, total: 3 }), secondsLeft: () => 90 };
  const display = createGridDisplay(terminal, estimate, state);
  return { written, display, end: () => ended++ };
}
/** ESC: the linter does not allow its literal in regular expressions. */
const esc = String.fromCharCode(27);
const linesErased = (text: string) => [...text.matchAll(new RegExp(`${esc}\\[(\\d+)F`, "g"))].map(([, n]) => Number(n));

it("draws a line for each running cell, and erases as many lines as it drew", () => {
  const { written, display } = createScreen({ isTTY: true });
  display.started("flowers lora seed 0");
  vi.advanceTimersByTime(300);
  display.started("flowers vpt seed 0");
  vi.advanceTimersByTime(300);
  display.stage("flowers lora seed 0", "train");
  vi.advanceTimersByTime(300);
  display.progress("flowers lora seed 0", 50, 100);
  const last = written.at(-1)!;
  expect(linesErased(last)).toEqual([3]);
  expect(last).toMatch(/flowers lora seed 0 {2}train {8}\[=+ +\] {2}50\/100/);
  expect(last).toContain("flowers vpt seed 0   start");
  expect(last.trimEnd().split("\n").at(-1)).toBe("0 of 3 done, about 1 min 30 s left");
  display.ended("flowers lora seed 0", "[1/3] flowers lora seed 0: FID 1");
  expect(written.join("")).toContain("[1/3] flowers lora seed 0: FID 1\n");
});

it.each([40, 80, 120])("keeps every line below %i columns, whatever the names", (columns) => {
  const { written, display } = createScreen({ isTTY: true, columns });
  for (const name of ["玫瑰".repeat(20), "x".repeat(100), "a\x1b[2Jb"]) display.started(name);
  vi.advanceTimersByTime(2000);
  for (const text of written)
    for (const line of text.replaceAll(new RegExp(`${esc}\\[\\d*[FJ]`, "g"), "").split("\n")) {
      expect([...line].reduce((sum, c) => sum + (c > "\u2e80" ? 2 : 1), 0)).toBeLessThan(columns);
      expect(line).not.toContain("\x1b");
    }
});

it("draws no more lines than the screen has", () => {
  const { written, display } = createScreen({ isTTY: true, rows: 8 });
  for (let i = 0; i < 20; i++) display.started(`cell ${i}`);
  vi.advanceTimersByTime(2000);
  expect(Math.max(...written.map((text) => text.split("\n").length))).toBeLessThan(10);
  expect(written.at(-1)).toContain("… and 15 more");
});

it("prints a line every thirty seconds if stderr is no terminal, and moves no cursor", () => {
  const { written, display } = createScreen({ isTTY: false });
  display.started("flowers lora seed 0");
  display.stage("flowers lora seed 0", "train");
  display.progress("flowers lora seed 0", 50, 100);
  vi.advanceTimersByTime(31_000);
  expect(written).toEqual(["0 of 3 done, about 1 min 30 s left; running: flowers lora seed 0 train 50/100\n"]);
  display.close();
  vi.advanceTimersByTime(60_000);
  expect(written).toHaveLength(1);
});

it("shows progress beyond the total, and stages with control characters, which a plug-in may report", () => {
  const terminal = createScreen({ isTTY: true });
  terminal.display.started("a");
  terminal.display.progress("a", 500, 100);
  vi.advanceTimersByTime(1100);
  expect(terminal.written.at(-1)).toContain("]  500/100");
  const { written, display } = createScreen({ isTTY: false });
  display.started("a");
  display.stage("a", "\x1b[2J");
  vi.advanceTimersByTime(31_000);
  expect(written.join("")).toContain("running: a \\x1b[2J");
});
