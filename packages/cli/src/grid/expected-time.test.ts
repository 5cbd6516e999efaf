// The expected time of a grid: from finished runs that this machine made in the same way, else from a measurement.

import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Engine } from "@dit-bench/compiler";
import { type AnyMethod, parseOptions } from "@dit-bench/method";
import { type RunRecord, readRecord, writeRecord } from "@dit-bench/record";
import { loadMethods, loadRecipe, machine, usedLearningRate } from "@dit-bench/runner";
import { describe, expect, it } from "vitest";
import { place } from "../tiny-place.test.data.ts";
import { describeExpectedTime, type ExpectedTimeTask, type GridRow } from "./expected-time.ts";
import { shareCores } from "./share-cores.ts";

const published = fileURLToPath(
  new URL("../../../../results/mini/records/flowers/bitfit-seed-0.json", import.meta.url),
);
const record = await readRecord(published);
const recipe = loadRecipe("mini");
const known = (await loadMethods()).map(({ method }) => method);
function rowOf(name: string): GridRow {
  const method = known.find((one) => one.name === name)!;
  return { recipe, method, options: parseOptions(method) };
}
let measured = 0;
/** An engine that multiplies matrices in about 10 ms: 90 GFLOP/s. */
const engine = {
  name: "cpu",
  threads: 1,
  compile: async () => ({
    run: async () => {
      measured++;
      await setTimeout(10);
    },
    dispose: async () => {},
  }),
} as unknown as Engine;

let folders = 0;
/** The line about bitfit and lora on flowers and sun with these records in the folder. */
async function expected(records: readonly RunRecord[], changes: Partial<ExpectedTimeTask> = {}) {
  const out = join(place, `runs-${folders++}`);
  for (const [index, one] of records.entries())
    await writeRecord(join(out, `${recipe.protocol.replace("/", "-")}/${index}/record.json`), one);
  measured = 0;
  return describeExpectedTime({
    ...{ jobs: 1, seeds: [0, 1], out, startEngine: async () => engine },
    rows: [rowOf("bitfit"), rowOf("lora")],
    datasets: [{ name: "flowers" }, { name: "sun" }],
    ...changes,
  });
}

/** A run of a row that this machine made, on flowers unless the cell says otherwise. */
function ofCell(cell: Partial<RunRecord["cell"]>, total: number, row = rowOf("bitfit")): RunRecord {
  const { method, options, learningRate } = row;
  return {
    ...record,
    machine: machine(),
    engine: { name: "cpu", threads: 1 },
    cell: { ...record.cell, options: options as RunRecord["cell"]["options"], ...cell },
    times: { ...record.times, total },
    training: { ...record.training, learningRate: usedLearningRate(method, recipe, learningRate) },
  };
}
/** A run of bitfit on flowers that this machine made in 40 s. */
const here = ofCell({}, 40);
const ofSun = { dataset: "sun", datasetTitle: "SUN397" };
const lora = ofCell({ method: "lora", methodLabel: "LoRA-R8", ...ofSun }, 100, rowOf("lora"));

describe("describeExpectedTime", () => {
  it("uses finished runs, of the same dataset if there are some, and leaves out what is finished", async () => {
    // Left are bitfit on flowers with seed 1 (40 s), twice bitfit on sun (40 s each) and three times lora (100 s each).
    expect(await expected([here, lora])).toBe(
      "expected time: about 7 min 0 s for 6 cells (2 of 8 are finished), " +
        "by the times of 2 finished runs on this machine",
    );
    const sun = ofCell({ ...ofSun, seed: 5 }, 70);
    expect(await expected([here, lora, sun])).toContain("about 8 min 0 s for 6 cells");
    expect(await expected([here, lora], { jobs: 2 })).toContain("about 4 min 0 s for 6 cells");
    expect(measured).toBe(0);
  });

  it("counts as finished only runs with the options and the learning rate of the row, also of a plug-in", async () => {
    const plugin = { name: { value: "mine" }, plugin: { value: "./mine.mjs" } };
    const method: AnyMethod = Object.create(rowOf("lora").method, plugin);
    const withRank = (rank: number): GridRow => {
      const row = rowOf("lora");
      return { ...row, method, options: { ...row.options, rank } };
    };
    const rows = [withRank(4), withRank(8), { ...withRank(8), learningRate: 0.5 }];
    const run = (row: GridRow, changes: Partial<RunRecord> = {}): RunRecord => ({
      ...ofCell({ method: "mine", methodLabel: "Mine" }, 60, row),
      ...changes,
    });
    const only = { rows, datasets: [{ name: "flowers" }], seeds: [0] };
    expect(await expected([run(rows[0]!)], only)).toContain("about 2 min 0 s for 2 cells (1 of 3 are finished)");
    const all = rows.map((row) => run(row));
    expect(await expected(all, only)).toBe("expected time: none, all cells are finished");
    const diverged = { exit: "diverged" as const, metrics: null };
    expect(await expected([run(rows[0]!), run(rows[1]!, diverged)], only)).toContain(
      "about 1 min 0 s for 1 cell (1 of 3 are finished)",
    );
    const ended = [run(rows[0]!), run(rows[1]!, diverged), run(rows[2]!, diverged)];
    expect(await expected(ended, only)).toBe(
      "expected time: none, 1 of 3 cells are finished, and the others diverged before",
    );
  });

  it("starts no engine if all cells are finished", async () => {
    const only = { rows: [rowOf("bitfit")], datasets: [{ name: "flowers" }], seeds: [0] };
    const broken = () => Promise.reject(new Error("no engine"));
    expect(await expected([here], { ...only, startEngine: broken })).toBe(
      "expected time: none, all cells are finished",
    );
  });

  it("lets cells share a GPU, whose throughput one process measured", async () => {
    const seconds = async (used: Engine, jobs: number) => {
      const text = await expected([], { rows: [rowOf("full")], jobs, startEngine: async () => used });
      const [, minutes, rest] = /about (?:(\d+) min )?(\d+) s/.exec(text)!;
      return 60 * Number(minutes ?? 0) + Number(rest);
    };
    const gpu = { ...engine, name: "webgpu", adapter: "a GPU" } as Engine;
    const [one, four] = [await seconds(gpu, 1), await seconds(gpu, 4)];
    expect(four / one).toBeGreaterThan(0.6);
    expect((await seconds(engine, 4)) / (await seconds(engine, 1))).toBeLessThan(0.5);
  });

  it("measures the machine for methods without a run", async () => {
    expect(await expected([here])).toMatch(
      /^expected time: about .* for 7 cells \(1 of 8 are finished\), by the times of 1 finished run on this machine, /,
    );
    expect(measured).toBeGreaterThan(0);
    const all = await expected([]);
    expect(all).toMatch(/^expected time: about .* for 8 cells, estimated from its GEMM throughput, as by --dry-run$/);
    expect(all).not.toContain("about 0 s");
  });

  it("uses the times of runs of a GPU engine, which has one thread whatever --jobs is", async () => {
    const gpu = { ...engine, name: "cuda", threads: 1, adapter: "a GPU" } as Engine;
    const run = { ...here, machine: machine("a GPU"), engine: { name: "cuda", threads: 1 } };
    const only = { rows: [rowOf("bitfit")], jobs: 2, startEngine: async () => gpu };
    expect(await expected([run], only)).toContain("for 3 cells (1 of 4 are finished), by the times of 1 finished run");
  });

  it.each<[string, Partial<RunRecord>]>([
    ["of another machine", { machine: { ...here.machine, cpu: "another CPU" } }],
    ["of another engine", { engine: { name: "webgpu", threads: 1 } }],
    ["with other threads", { engine: { name: "cpu", threads: 8 } }],
    ["that were resumed, whose times are not those of a whole run", { training: { ...here.training, resumes: 1 } }],
  ])("does not use the times of runs %s", async (_, changes) => {
    const text = await expected([{ ...here, ...changes }]);
    expect(text).toContain("(1 of 8 are finished), estimated from its GEMM throughput");
  });

  it("runs no method of a plug-in, which may loop, and counts its cells by its finished runs alone", async () => {
    const stuck: AnyMethod = Object.create(rowOf("bitfit").method, {
      name: { value: "stuck" },
      plugin: { value: "./stuck.mjs" },
      adapt: {
        value: () => {
          throw new Error("adapt was called");
        },
      },
    });
    const rows: GridRow[] = [rowOf("bitfit"), { ...rowOf("bitfit"), method: stuck }];
    expect(await expected([here], { rows })).toMatch(
      /^expected time: about 2 min 0 s for 3 cells \(1 of 8 are finished\), .*, without 4 cells of stuck, which has no/,
    );
    expect(await expected([], { rows: [rows[1]!] })).toBe(
      "expected time: not known for 4 cells of stuck, which has no finished run here",
    );
    const run = ofCell({ method: "stuck", methodLabel: "Stuck" }, 60);
    expect(await expected([run], { rows: [rows[1]!] })).toContain("about 3 min 0 s for 3 cells (1 of 4 are finished)");
  });

  it("says so if nothing is known", async () => {
    const broken = () => Promise.reject(new Error("no engine"));
    expect(await expected([], { startEngine: broken })).toBe("expected time: not known (no engine)");
  });
});

it.each([
  [undefined, 8, { jobs: 8, threads: 1 }],
  [2, 8, { jobs: 2, threads: 4 }],
  [3, 8, { jobs: 3, threads: 2 }],
  [16, 8, { jobs: 16, threads: 1 }],
])("shareCores of --jobs %s on %d cores is %j", (jobs, cores, share) => {
  expect(shareCores(jobs, cores)).toEqual(share);
});
