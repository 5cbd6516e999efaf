// The estimate of a grid's remaining time, with a clock that the tests move.

import { expect, it } from "vitest";
import { createGridEstimate } from "./estimate.ts";

/** Makes a clock that the test sets, in seconds. */
function createClock() {
  let seconds = 0;
  return {
    now: () => 1e3 * seconds,
    to: (s: number) => {
      seconds = s;
    },
  };
}

it("estimates only the current stage before a cell has finished", () => {
  const { now, to } = createClock();
  const estimate = createGridEstimate(now);
  estimate.started("a", "lora");
  estimate.stage("a", "train");
  to(10);
  estimate.progress("a", 100, 300);
  to(20);
  estimate.progress("a", 200, 300);
  expect(estimate.stageSeconds("a")).toBe(10);
  expect([estimate.cellSeconds("a"), estimate.gridSeconds([], 1)]).toEqual([undefined, undefined]);
});

it("estimates a cell by its own rate in the current stage, and by finished cells of its method in later stages", () => {
  const { now, to } = createClock();
  const estimate = createGridEstimate(now);
  estimate.started("a", "lora");
  estimate.stage("a", "train");
  to(60);
  estimate.stage("a", "sample");
  to(100);
  estimate.ended("a", true);
  estimate.started("b", "lora");
  estimate.stage("b", "train");
  estimate.progress("b", 0, 100);
  to(110);
  estimate.progress("b", 10, 100); // b is slower than a: its training will take 100 s
  expect(estimate.cellSeconds("b")).toBeCloseTo(90 + 40);
  estimate.stage("b", "sample");
  to(120);
  expect(estimate.cellSeconds("b")).toBeCloseTo(30);
});

it("estimates a grid by the cells that wait and the number that run at the same time", () => {
  const { now, to } = createClock();
  const estimate = createGridEstimate(now);
  estimate.started("a", "lora");
  estimate.started("b", "full");
  to(100);
  estimate.ended("a", true);
  to(200);
  estimate.ended("b", true);
  expect(estimate.gridSeconds(["lora", "lora", "lora", "lora"], 1)).toBeCloseTo(400);
  expect(estimate.gridSeconds(["lora", "lora", "lora", "lora"], 2)).toBeCloseTo(200);
  expect(estimate.gridSeconds(["full", "lora", "lora"], 2)).toBeCloseTo(200);
  expect(estimate.gridSeconds([], 2)).toBe(0);
});

it("does not use the times of cells that were finished before or failed", () => {
  const { now, to } = createClock();
  const estimate = createGridEstimate(now);
  estimate.started("a", "lora");
  to(1);
  estimate.ended("a", false);
  expect(estimate.gridSeconds(["lora"], 1)).toBeUndefined();
});
