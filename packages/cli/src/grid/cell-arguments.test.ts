// The flags that a grid passes to its cells. They come from the declarations, so that a new flag of `bench run` cannot
// be forgotten here.

import { describe, expect, it } from "vitest";
import { type GridOptions, grid } from "../declarations/grid.ts";
import { run } from "../declarations/run.ts";
import { longName } from "../parser/command-line.ts";
import { defaultsOf } from "../parser/defaults.test.data.ts";
import type { Flag } from "../parser/flag.ts";
import { cellArguments, notForCells } from "./cell-arguments.ts";

const plan = {
  methods: [
    { name: "lora", flags: ["rank=2"] },
    { name: "mine", plugin: "./mine", flags: [] },
  ],
  recipeFlags: ["training.steps=3"],
};
const runOptions = { name: "flowers", strict: false };
const own = { name: "my photos", folder: "photos", strict: false };
const options = (changes: Partial<GridOptions> = {}) => ({ ...defaultsOf(grid.flags), ...changes }) as GridOptions;

/** A value of a flag that differs from its default. */
const another = ({ placeholder, repeatable }: Flag): unknown => {
  if (placeholder === undefined) return true;
  return repeatable ? ["another"] : "another";
};

describe("cellArguments", () => {
  it("names the cell's method, dataset and seed, its threads, and the settings of its method and recipe", () => {
    const argv = cellArguments({ method: "lora", dataset: runOptions, seed: 4 }, plan, options(), 2);
    expect(argv.join(" ")).toBe(
      "run --method lora --dataset flowers --seed 4 --recipe mini --out runs --set training.steps=3 --set rank=2 " +
        "--engine auto --keep-state auto --threads 2",
    );
  });

  it("adds the setting of a cell of a sweep after those of its method", () => {
    const cell = { method: "lora", dataset: runOptions, seed: 4, setting: "training.learningRate=0.1" };
    expect(cellArguments(cell, plan, options(), 2).join(" ")).toContain(
      "--set training.steps=3 --set rank=2 --set training.learningRate=0.1 --engine",
    );
  });

  it("names own images by their folder and name", () => {
    const argv = cellArguments({ method: "lora", dataset: own, seed: 0 }, plan, options(), 1);
    expect(argv.slice(0, 8)).toEqual([
      ...["run", "--method", "lora", "--data", "photos", "--name", "my photos", "--seed"],
    ]);
  });

  const sharedKeys = Object.keys(run.flags).filter((key) => Object.hasOwn(grid.flags, key));
  it.each(Object.keys(run.flags))("passes %s on, gives it a value for the cell, or has a reason not to", (key) => {
    const flag: Flag = run.flags[key as keyof typeof run.flags];
    const flagName = longName(key, flag);
    const changed = sharedKeys.includes(key) ? { [key]: another(flag) } : {};
    const argv = [runOptions, own].flatMap((dataset) =>
      cellArguments({ method: "mine", dataset, seed: 0, variant: "long" }, plan, options(changed), 1),
    );
    expect(argv.includes(flagName), flagName).toBe(!Object.hasOwn(notForCells, key));
  });

  it("passes the grid's own values of shared flags on, not their defaults", () => {
    const changes = { recipe: "paper", out: "elsewhere", keepState: "never", engine: "cuda" } as const;
    const argv = cellArguments({ method: "lora", dataset: runOptions, seed: 0 }, plan, options(changes), 1).join(" ");
    expect(argv).toContain("--recipe paper --out elsewhere");
    expect(argv).toContain("--engine cuda --keep-state never");
  });

  it("gives a cell the plug-in of its method and no other one", () => {
    const pluginsOf = (method: string) => {
      const argv = cellArguments({ method, dataset: runOptions, seed: 0 }, plan, options({ plugin: ["./mine"] }), 1);
      return argv.filter((_, i) => argv[i - 1] === "--plugin");
    };
    expect(pluginsOf("mine")).toEqual(["./mine"]);
    expect(pluginsOf("lora")).toEqual([]);
  });
});
