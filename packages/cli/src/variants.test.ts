// The built `bench` on a tiny recipe with variants: a model of 32x32 at 64x64, other positions, and training from
// scratch.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunRecord } from "@dit-bench/record";
import { beforeAll, describe, expect, it } from "vitest";
import type { Finished } from "./bench.test.data.ts";
import { goHere } from "./here.test.data.ts";
import { place } from "./tiny-place.test.data.ts";
import { tinyRecipe } from "./tiny-recipe.test.data.ts";

const recipe = tinyRecipe(join(place, "tiny-64"), { higher: true });
const grid = (...flags: string[]) =>
  goHere("grid", "--recipe", recipe, "--set", "training.steps=4", "--out", "runs", ...flags);

let first: Finished;
let protocol: string;
beforeAll(async () => {
  first = await grid("--methods", "full,difffit");
  [protocol = ""] = readdirSync(join(place, "runs"));
}, 60_000);

const record = (row: string): RunRecord =>
  JSON.parse(readFileSync(join(place, "runs", protocol, "source", row, "seed-0", "record.json"), "utf8"));

describe("a grid of a recipe with variants", () => {
  it("runs each variant with its methods, on the recipe's own dataset", () => {
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toContain("4 cells: 4 rows (2 methods, 2 of 2 variants) × 1 dataset × 1 seed");
    expect(readdirSync(join(place, "runs", protocol, "source")).sort()).toEqual([
      ...["difffit", "difffit+continued", "full", "full+from-scratch"],
    ]);
    expect(first.stderr).toContain("source full from-scratch seed 0: FID");
  });

  it("has a row for each variant and one for what its runs start from, in one table", () => {
    const table = readFileSync(join(place, "runs", protocol, "table.md"), "utf8");
    for (const label of ["Full", "Full (from scratch)", "DiffFit", "DiffFit (positions continued)"])
      expect(table).toContain(`| ${label} |`);
    for (const label of ["Base model", "Base model (positions continued)", "Base model (from scratch)"])
      expect(table).toContain(`| ${label} |`);
    expect(table).toContain("positions continued: a variant of the recipe, with positions=continued;");
    expect(table).toContain("It knows the classes and is sampled with them");
  });

  it("trains all weights from scratch, for the steps and on the images of full fine-tuning", () => {
    const [full, scratch] = [record("full"), record("full+from-scratch")];
    expect(scratch.parameters).toEqual(full.parameters);
    expect(scratch.training.steps).toBe(full.training.steps);
    expect(scratch.data).toEqual(full.data);
    expect(scratch.weights.extractor).toBe(full.weights.extractor);
    expect(scratch.weights.base).not.toBe(full.weights.base);
    expect(scratch.weights.trained).not.toBe(full.weights.trained);
    expect(scratch.metrics!.baseFid).not.toBe(full.metrics!.baseFid);
    expect(scratch.training.loss).not.toEqual(full.training.loss);
    expect(scratch.cell.variant).toEqual({
      name: "from-scratch",
      title: "from scratch",
      settings: { base: { random: "unit" }, baseInputSize: 64 },
    });
  });

  it("gives a variant its own identity, and samples of the base model with its own positions", () => {
    const [own, continued] = [record("difffit"), record("difffit+continued")];
    expect(continued.identity).not.toBe(own.identity);
    expect(continued.protocol).toBe(own.protocol);
    expect(continued.weights.base).toBe(own.weights.base);
    expect(continued.metrics!.baseFid).not.toBe(own.metrics!.baseFid);
    expect(own.metrics!.baseLabels).toBe("dataset");
    expect(own.cell.variant).toBeUndefined();
    expect(record("full").metrics!.baseFid).toBe(own.metrics!.baseFid);
  });

  it("is done when it is repeated, with the variants that --variants names, and also for a single run", async () => {
    const again = await grid("--variants", "continued", "--methods", "difffit");
    expect(again.stderr).toContain("2 cells: 2 rows (1 method, 1 of 1 variant)");
    expect(again.stderr.match(/done before/g)).toHaveLength(2);
    const cell = ["--recipe", recipe, "--dataset", "source", "--set", "training.steps=4", "--out", "runs"];
    const run = await goHere("run", ...cell, "--method", "difffit", "--variant", "continued", "--json");
    expect(run.json, run.stderr).toMatchObject({ already: true });
  });

  it("runs no variant with --variants none, and refuses an unknown one", async () => {
    const none = await grid("--variants", "none", "--methods", "full");
    expect(none.stderr).toContain("1 cell: 1 method × 1 dataset × 1 seed");
    const absent = await grid("--methods", "difffit", "--variants", "continued,from-scratch");
    expect(absent.code).toBe(2);
    expect(absent.stderr).toContain(
      "--variants continued,from-scratch: 'from-scratch' runs with full, and none of these is among the methods of " +
        "this grid (difffit); add one with --methods, or leave the variant out",
    );
    const unknown = await grid("--methods", "difffit", "--variants", "continue");
    expect(unknown.stderr).toContain("did you mean 'continued'?");
    expect(unknown.code).toBe(2);
  });

  it("has a report page with a row for each variant, and copies the base model's strip of each", async () => {
    const from = ["--from", join("runs", protocol)];
    const table = await goHere("table", ...from, "--out", "tables");
    expect(table.code, table.stderr).toBe(0);
    const copies = readdirSync(join(place, "tables", "records", "source"));
    expect(copies.filter((name) => name.endsWith(".base.webp"))).toHaveLength(3);
    expect(readFileSync(join(place, "tables", "table.csv"), "utf8").split("\n")[0]).toMatch(/,variant$/);
    const report = await goHere("report", ...from, "--out", "page");
    expect(report.code, report.stderr).toBe(0);
    const page = readFileSync(join(place, "page", "report.html"), "utf8");
    for (const label of ["Full (from scratch)", "DiffFit (positions continued)", "Base model (from scratch)"])
      expect(page).toContain(label);
    expect(page).toContain("--variants continued,from-scratch");
  });
});

describe("a variant, with a sweep's values", () => {
  it("is refused, because they were chosen for the recipe itself", async () => {
    writeFileSync(join(place, "sweep.json"), "{}");
    const rates = ["--rates", "sweep.json", "--recipe", recipe, "--out", "never"];
    const one = await goHere("run", ...rates, "--method", "full", "--dataset", "source", "--variant", "continued");
    expect(one.stderr).toContain("--variant continued: the values of --rates were chosen for the recipe itself");
    expect(one.code).toBe(2);
    expect(existsSync(join(place, "never"))).toBe(false);
  });
});
