// Tests times relative to full fine-tuning: which runs are paired, and that the work grows with the number of runs.

import type { RunRecord } from "@dit-bench/record";
import { expect, test } from "vitest";
import { machinesOf, relativeToFull } from "./relative.ts";
import { diverged, methods, syntheticRecords } from "./synthetic.test.data.ts";

const [full, bitfit] = [methods[0]!, methods[1]!];
const trainSeconds = ({ times }: RunRecord) => times.train;

test("relativeToFull takes the geometric mean over runs with a partner, and ignores those without a time", () => {
  const timed = (record: RunRecord, train: number): RunRecord => ({ ...record, times: { ...record.times, train } });
  const [full0, full1] = syntheticRecords({ methods: [full], datasets: ["food"], seeds: [0, 1] });
  const [own0, own1, own2] = syntheticRecords({ methods: [bitfit], datasets: ["food"], seeds: [0, 1, 2] });
  const all = [timed(full0!, 10), timed(full1!, 10), timed(own0!, 5), timed(own1!, 80), timed(own2!, 1)];
  const relative = relativeToFull(all, trainSeconds);
  const two = relative(all.slice(2))!; // 0.5 and 8; seed 2 has no partner
  expect(two.ratio).toBeCloseTo(2, 12);
  // The logarithms are ln 2 ± ln 4: their mean has the standard error ln 4, and t with one degree of freedom is 12.706.
  expect(Math.log(two.interval![1])).toBeCloseTo(Math.log(2) + 12.7062 * Math.log(4), 3);
  expect(Math.log(two.interval![0])).toBeCloseTo(Math.log(2) - 12.7062 * Math.log(4), 3);
  expect(relative([timed(own0!, 0), all[3]!])).toEqual({ ratio: expect.closeTo(8, 12), interval: null });
  expect(relative([diverged(all[2]!)])).toBeNull();
  expect(relativeToFull([diverged(all[0]!)], trainSeconds)(all.slice(2, 3))).toBeNull();
});

test("the interval of several datasets is that of their means, because runs on one dataset are not independent", () => {
  const seconds = { "food 0": 5, "food 1": 20, "sun 0": 20, "sun 1": 20 } as Record<string, number>;
  const records = syntheticRecords({ methods: [full, bitfit], datasets: ["food", "sun"], seeds: [0, 1] }).map(
    (record): RunRecord => {
      const { method, dataset, seed } = record.cell;
      return { ...record, times: { ...record.times, train: method === "full" ? 10 : seconds[`${dataset} ${seed}`]! } };
    },
  );
  const relative = relativeToFull(records, trainSeconds)(records.filter(({ cell }) => cell.method !== "full"))!;
  // The means of the logarithms are 0 and ln 2: their mean has the standard error ln 2 / 2.
  expect(relative.ratio).toBeCloseTo(Math.SQRT2, 12);
  expect(Math.log(relative.interval![1])).toBeCloseTo((Math.LN2 / 2) * (1 + 12.7062), 3);
});

test("relativeToFull reads each record a fixed number of times, however many there are", () => {
  let reads = 0;
  const seeds = Array.from({ length: 100 }, (_, seed) => seed);
  const records = syntheticRecords({ methods: [full, bitfit], datasets: ["food", "sun"], seeds }).map((record) =>
    Object.defineProperty({ ...record }, "engine", {
      get() {
        reads++;
        return record.engine;
      },
    }),
  );
  expect(relativeToFull(records, trainSeconds)(records)).not.toBeNull();
  expect(reads).toBeLessThanOrEqual(2 * records.length);
});

test("machinesOf counts machines that differ in what a time depends on", () => {
  const [record] = syntheticRecords({ methods: [full], datasets: ["food"], seeds: [0] }) as [RunRecord];
  const cores = { ...record, machine: { ...record.machine, cores: 64 } };
  const threads = { ...record, engine: { ...record.engine, threads: 1 } };
  const elsewhere = { ...record, machine: { ...record.machine, os: "linux 6.2" } };
  expect(machinesOf([record, record, elsewhere]).size).toBe(1);
  expect(machinesOf([record, cores, threads]).size).toBe(3);
});
