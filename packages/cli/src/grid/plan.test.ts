// The checks of a grid before its first cell, and the process that runs them.

import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { builtinMethods, paperMethods } from "@dit-bench/runner";
import { describe, expect, it } from "vitest";
import { type GridOptions, grid } from "../declarations/grid.ts";
import { defaultsOf } from "../parser/defaults.test.data.ts";
import { exitCodeOf } from "../report-error.ts";
import { photos, place, recipe } from "../tiny-place.test.data.ts";
import { tinyRecipe } from "../tiny-recipe.test.data.ts";
import { planGrid, prepareGrid } from "./plan.ts";

const options = (changes: Partial<GridOptions>) =>
  ({ ...defaultsOf(grid.flags), recipe, out: join(place, "runs"), ...changes }) as GridOptions;
const prepare = (changes: Partial<GridOptions>) => prepareGrid(options(changes));

describe("prepareGrid", () => {
  it("plans the paper's methods and all datasets if none are named", async () => {
    const plan = await prepare({});
    expect(plan.expectedTime).toMatch(/^expected time: about .* for \d+ cells, estimated from its GEMM throughput/);
    expect(plan.methods.map(({ name }) => name)).toEqual(paperMethods);
    expect(plan.columns).toHaveLength(8);
  });

  it("plans every built-in method for --methods all", async () => {
    const { methods } = await prepare({ methods: "all", datasets: "flowers" });
    expect(methods.map(({ name }) => `@dit-bench/method-${name}`)).toEqual(builtinMethods);
  });

  it("gives each method the options that it has, and the recipe its settings", async () => {
    const {
      methods,
      recipeFlags,
      recipe: changed,
    } = await prepare({
      methods: "lora, bitfit",
      set: ["rank=2", "training.steps=3"],
    });
    expect(methods).toEqual([
      { name: "lora", flags: ["rank=2"] },
      { name: "bitfit", flags: [] },
    ]);
    expect(recipeFlags).toEqual(["training.steps=3"]);
    expect(changed.settings.training.steps).toBe(3);
  });

  it("notes the plug-in of each method that has one", async () => {
    const mine = join(place, "mine.mjs");
    const z = JSON.stringify(createRequire(import.meta.url).resolve("zod"));
    writeFileSync(
      mine,
      `import { z } from ${z}; export default { name: "mine", label: () => "Mine", source: "here",
      options: z.strictObject({}), learningRate: 1e-3, adapt: () => ({ train: ["**.bias"] }) };`,
    );
    const loading: string[] = [];
    const watch = {
      loading: async (plugin: string) => void loading.push(plugin),
      checking: async ({ plugin }: { readonly plugin?: string }) => void loading.push(`checking ${plugin}`),
      checked: async () => void loading.push("checked"),
    };
    const { methods } = await prepareGrid(options({ methods: "bitfit,mine", plugin: [mine] }), watch);
    expect(methods).toEqual([
      { name: "bitfit", flags: [] },
      { name: "mine", plugin: mine, flags: [] },
    ]);
    const checks = ["checking undefined", `checking ${mine}`];
    expect(loading).toEqual([mine, ...checks, ...checks, "checked"]);
  });

  it("plans a column for each folder of own images, named after the folder or by --name", async () => {
    const data = [await photos("a", { x: 6, y: 6 }), await photos("b", { x: 6, y: 6 })];
    const names = async (name: string[]) => (await prepare({ data, name })).columns.map((column) => column.name);
    expect(await names([])).toEqual(["photos a", "photos b"]);
    expect(await names(["一", "\x1b[2J"])).toEqual(["一", "\\x1b[2J"]);
  });

  it("returns a plan that is unchanged after it is written as JSON and read again", async () => {
    const plan = await prepare({});
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});

describe("prepareGrid, before the first cell", () => {
  const makeFolder = (name: string) => {
    mkdirSync(join(place, name), { recursive: true });
    return join(place, name);
  };
  const cases: [string, () => Partial<GridOptions> | Promise<Partial<GridOptions>>, number, RegExp][] = [
    ["an option that no method has", () => ({ methods: "bitfit", set: ["rank=2"] }), 2, /it is an option of lora/],
    ["a misspelt option", () => ({ methods: "lora,vpt", set: ["lora.rnk=2"] }), 2, /did you mean 'rank'/],
    ["a value that a method refuses", () => ({ set: ["rank=0"] }), 2, /option 'rank'/],
    ["an option that does not fit the model", () => ({ set: ["at=blocks.9.mlp"] }), 2, /^lora: .*'blocks\.9\.mlp'/],
    ["a misspelt setting", () => ({ set: ["training.stpes=2"] }), 2, /did you mean 'training.steps'/],
    ["an unknown recipe", () => ({ recipe: "minni" }), 2, /did you mean 'mini'/i],
    ["a method twice", () => ({ methods: "lora,lora" }), 2, /--methods 'lora,lora' has 'lora' twice/],
    ["an empty name", () => ({ methods: "lora," }), 2, /has an empty name/],
    ["an unknown method", () => ({ methods: "diffit" }), 2, /--methods 'diffit' is not known; did you mean 'difffit'/],
    ["a dataset twice", () => ({ datasets: "sun, sun" }), 2, /has 'sun' twice/],
    ["an unknown dataset", () => ({ datasets: "flower" }), 2, /did you mean "flowers"/],
    ["an engine that is not installed", () => ({ engine: "tfjs-node-gpu" }), 2, /engine "tfjs-node-gpu" cannot start/],
    ["a plug-in that does not exist", () => ({ plugin: ["./nowhere"] }), 2, /plug-in .\/nowhere/],
    ["missing weights", () => ({ set: ["recipe.base=nowhere.pt"] }), 4, /'nowhere.pt'/],
    ["a folder that does not exist", () => ({ data: ["nowhere"] }), 4, /"nowhere" does not exist/],
    ["an empty folder", () => ({ data: [makeFolder("empty")] }), 4, /no .* images in/],
    ["one folder twice", () => ({ data: [makeFolder("A"), `${makeFolder("A")}/.`] }), 2, /is the same folder as/],
    ["more names than folders", () => ({ data: ["A"], name: ["a", "b"] }), 2, /1 --data but 2 --name/],
    ["a name without a folder", () => ({ name: ["a"] }), 2, /there is no --data/],
    [
      "fewer images than a batch",
      async () => ({ data: [await photos("few", { a: 1, b: 1 })] }),
      4,
      /has 2 images, but a batch has 8; .*--set training.batch=2/,
    ],
    [
      "fewer images than a batch after the split of a miniature",
      () => ({ datasets: "flowers", set: ["data.heldOut=0.95"] }),
      4,
      /'flowers' has \d+ images, of which \d+ are held out, but a batch has 8; .*hold out fewer with --held-out/,
    ],
    [
      "fewer images than a batch after the split of own images",
      async () => ({ data: [await photos("split", { a: 6, b: 6 })], heldOut: 0.95 }),
      4,
      /has 12 images, of which \d+ are held out, but a batch has 8/,
    ],
    [
      "an image that cannot be used, with --strict",
      async () => ({ data: [await photos("strict", { a: 6, b: 6 }, 1)], strict: true }),
      4,
      /0\.jpg/,
    ],
    [
      "a dataset with other classes than a base model whose classes a recipe takes",
      () => ({ recipe: tinyRecipe(join(place, "higher"), { higher: true }), datasets: "source,flowers" }),
      2,
      /it takes datasets with the \d+ classes of the base model, not \d+/,
    ],
  ];
  it.each(cases)("refuses %s", async (_, changes, code, message) => {
    const error = await prepare(await changes()).then(
      () => undefined,
      (e: Error) => e,
    );
    expect(error?.message).toMatch(message);
    expect(exitCodeOf(error!)).toBe(code);
  });
});

describe("planGrid", () => {
  const script = (...lines: string[]) => ["-e", lines.join("; ")];
  const wait = "setInterval(() => {}, 1000)";

  it("ends the process if a plug-in is not loaded in time", async () => {
    const never = planGrid(script(wait), 300);
    await expect(never).rejects.toThrow("the plug-ins did not load or check their options within 0.3 s");
  });

  it("names the plug-in that loops or ends the process, not the one that was loaded last", async () => {
    const checking = (then: string) =>
      script(
        "process.send({ kind: 'stage', name: 'loading a plug-in', detail: './mine' })",
        "process.send({ kind: 'stage', name: 'loading a plug-in', detail: './other' })",
        `process.send({ kind: 'stage', name: 'checking options', detail: './mine' }, () => { ${then} })`,
        wait,
      );
    await expect(planGrid(checking("for (;;);"), 1000)).rejects.toThrow(
      "plug-in ./mine: it did not load or check its options within 1 s; does it loop or wait?",
    );
    await expect(planGrid(checking("process.exit(3)"))).rejects.toThrow(
      "plug-in ./mine: it ended its process while it was loaded or checked its options (exit code 3)",
    );
  });

  it("gives the error that this program printed, though a plug-in prints more", async () => {
    const printed = script("console.error('bench: error: no luck\\nmore of a plug-in')", "process.exit(1)");
    await expect(planGrid(printed)).rejects.toThrow(
      "the process that loads the plug-ins ended before their options were checked (no luck)",
    );
  });

  it("sets no time limit on the work after the options were checked", async () => {
    const loaded = "process.send({ kind: 'stage', name: 'options checked' })";
    const later = "setTimeout(() => process.exit(process.send({ kind: 'prepared', plan: { a: 1 } }) ? 0 : 1), 4000)";
    expect(await planGrid(script(loaded, later), 3000)).toEqual({ a: 1 });
  });

  it("blames no plug-in if the process ends after the options were checked", async () => {
    const killed =
      "process.send({ kind: 'stage', name: 'options checked' }, () => process.kill(process.pid, 'SIGKILL'))";
    const error = await planGrid(script(killed, wait)).then(
      () => undefined,
      (e: Error) => e,
    );
    expect(error?.message).toBe("the process that checks the grid's options ended before it had finished (by SIGKILL)");
    expect(exitCodeOf(error!)).toBe(1);
  });
});
