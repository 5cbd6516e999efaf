// The estimate of a grid's remaining time, with a clock that the tests move.

import { expect, it } from "vitest";
import { createGridEstimate, type GridEstimate } from "./estimate.ts";

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

/** Reports a training of 100 steps, one a second, with an FID of 20 s at the first, the middle and the last step. */
function trainWithCurve(
  name: string,
  { now, to }: ReturnType<typeof createClock>,
  estimate: GridEstimate,
  until: number,
) {
  const start = now() / 1e3;
  const events: [at: number, event: () => void][] = [
    [0, () => estimate.started(name, "lora")],
    ...[0, 70, 140].flatMap((at): [number, () => void][] => [
      [at, () => estimate.stage(name, "fid")],
      [at + 1, () => estimate.progress(name, 1, 20)],
      [at + 19, () => estimate.progress(name, 19, 20)],
    ]),
    ...[20, 90].map((at): [number, () => void] => [at, () => estimate.stage(name, "train")]),
    ...[1, 30, 49].map((step): [number, () => void] => [20 + step, () => estimate.progress(name, step, 100)]),
    ...[51, 80, 99].map((step): [number, () => void] => [40 + step, () => estimate.progress(name, step, 100)]),
    [160, () => estimate.stage(name, "sample")],
    [200, () => estimate.ended(name, true)],
  ];
  for (const [at, event] of events.sort(([a], [b]) => a - b)) {
    if (at > until) break;
    to(start + at);
    event();
  }
  to(start + until);
}

it.each([
  [10, 190, "in the first FID"],
  [40, 160, "in the first part of the training"],
  [80, 120, "in the second FID"],
  [91, 109, "at the start of the second part of the training"],
  [120, 80, "in the second part of the training"],
  [150, 50, "in the last FID"],
])("estimates stages that begin again, as with metrics.every: after %d s, %d s are left (%s)", (until, left) => {
  const clock = createClock();
  const estimate = createGridEstimate(clock.now);
  trainWithCurve("a", clock, estimate, 200);
  trainWithCurve("b", clock, estimate, until);
  expect(Math.abs(estimate.cellSeconds("b")! - left)).toBeLessThanOrEqual(3);
});

it("uses a cell's own rate over all parts of a training", () => {
  const clock = createClock();
  const estimate = createGridEstimate(clock.now);
  trainWithCurve("a", clock, estimate, 200);
  clock.to(300);
  estimate.started("b", "lora");
  estimate.stage("b", "train");
  estimate.progress("b", 0, 100);
  clock.to(400);
  estimate.progress("b", 50, 100); // half the speed: the other half of the training will take 100 s
  estimate.stage("b", "fid");
  expect(estimate.cellSeconds("b")).toBeCloseTo(20 + 2 * 20 + 100 + 40);
});
