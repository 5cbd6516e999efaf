// The checks of a sweep before its first run.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AnyMethod } from "@dit-bench/method";
import { type Sweep, type SweptMethod, writeSweep } from "@dit-bench/record";
import { datasetTitle } from "@dit-bench/runner";
import { describe, expect, it } from "vitest";
import { type SweepOptions, sweep } from "../declarations/sweep.ts";
import { defaultsOf } from "../parser/defaults.test.data.ts";
import { exitCodeOf } from "../report-error.ts";
import { place, recipe } from "../tiny-place.test.data.ts";
import { prepareSweep } from "./plan.ts";

const out = join(place, "sweeps");
const options = (changes: Partial<SweepOptions>) =>
  ({ ...defaultsOf(sweep.flags), recipe, out, datasets: "flowers", ...changes }) as SweepOptions;

/** A sweep of lora's rate on flowers, as a file of an earlier command. */
const earlier: Sweep = {
  schema: 1,
  recipe: "tiny",
  protocol: "tiny/1",
  seed: 1000,
  criterion: "fid",
  datasets: [{ name: "flowers", title: datasetTitle({ name: "flowers" }) }],
  methods: [
    {
      method: "lora",
      label: "LoRA-R8",
      option: "training.learningRate",
      options: { rank: 8, alpha: 1, at: "blocks.*.attn.qkv" },
      default: 0.01,
      runs: 2,
      values: [0.01, 0.03].map((value) => ({
        value,
        score: value,
        runs: [{ dataset: "flowers", exit: "finished", identity: "a", fid: value, heldOutFid: null }],
      })),
      chosen: { value: 0.01, isDefault: true },
    } satisfies SweptMethod,
  ],
};

describe("prepareSweep", () => {
  it("plans the values of each method, after it has reported whose code checks them", async () => {
    const calls: string[] = [];
    const plan = await prepareSweep(options({ methods: "bitfit,lora", values: ["bitfit.lr=1x,3x", "rank=4,2"] }), {
      loading: async () => {},
      checking: async (method) => void calls.push((method as AnyMethod).name),
      checked: async () => void calls.push("checked"),
    });
    expect(plan.methods).toMatchObject([
      { name: "bitfit", option: "training.learningRate", values: [0.01, 0.03], default: 0.01 },
      { name: "lora", option: "rank", values: [2, 4], default: 8, learningRate: 0.01 },
    ]);
    expect(plan.path).toBe(join(out, "tiny-1", "sweep.json"));
    expect(plan.expectedTime).toMatch(/^expected time: about .* for 4 cells, estimated from its GEMM throughput/);
    expect(calls).toEqual(["bitfit", "lora", "bitfit", "lora", "checked"]);
  });

  const notes = join(place, "notes.json");
  const cases: [string, Partial<SweepOptions>, RegExp, code?: number][] = [
    [
      "a method with two lists",
      { values: ["lora.lr=1x,3x", "lora.rank=4,8"] },
      /lora also has --values lora\.lr=1x,3x/,
    ],
    ["an --output in a file", { output: join(notes, "x.json") }, /notes\.json cannot be made or written to/, 74],
    ["an --output of another program", { output: notes }, /notes\.json is there and would be replaced, but it is no/],
    [
      "an --output that is a folder",
      { output: join(place, "folder.json") },
      /is there and would be replaced, but it is/,
    ],
    [
      "an --output that cannot be written, before the engine starts",
      { output: join(notes, "x.json"), engine: "tfjs-node-gpu" },
      /notes\.json cannot be made or written to/,
      74,
    ],
    [
      "other datasets than those of the file",
      { datasets: "cars", methods: "vpt", output: join(place, "earlier.json") },
      /earlier\.json holds choices of an earlier sweep \(lora\), and they were made on/,
    ],
    [
      "another option of a method than that of the file",
      { methods: "lora", values: ["rank=2,4"], output: join(place, "earlier.json") },
      /lora was swept over its learning rate, not its rank/,
    ],
  ];
  it.each(cases)("refuses %s", async (_, changes, message, code = 2) => {
    writeFileSync(notes, "{}");
    mkdirSync(join(place, "folder.json"), { recursive: true });
    await writeSweep(join(place, "earlier.json"), earlier);
    const error = await prepareSweep(options({ methods: "bitfit,lora", ...changes })).catch((e: Error) => e);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toMatch(message);
    expect(exitCodeOf(error as Error)).toBe(code);
  });
});
