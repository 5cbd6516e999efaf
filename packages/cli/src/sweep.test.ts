// The built `bench sweep` and the runs with its values, on a tiny recipe.

import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type RunRecord, readSweep } from "@dit-bench/record";
import { describe, expect, it } from "vitest";
import { bench } from "./bench.test.data.ts";
import { goHere } from "./here.test.data.ts";
import { place, recipe } from "./tiny-place.test.data.ts";

const file = "sweeps/tiny-1/sweep.json";
// A rate of 1e30 diverges, so the default is the best of bitfit; it is not among the values of lora.
const values = ["--values", "bitfit.lr=1x,1e30", "--values", "lora.lr=0.3x,3x"];
const sweepOf = (...args: string[]) => ["sweep", "--recipe", recipe, "--datasets", "flowers", ...args];
const sweepArguments = sweepOf("--methods", "bitfit,lora", ...values);
const gridArguments = ["grid", "--recipe", recipe, "--datasets", "flowers"];
const readJson = (...path: string[]) => JSON.parse(readFileSync(join(place, ...path), "utf8"));
const bytes = () => readFileSync(join(place, file));

describe("bench sweep", () => {
  it("stops on a signal without a file", async () => {
    let sent = false;
    const stopped = await bench([...sweepArguments, "--jobs", "1"], {
      cwd: place,
      watch: (stderr, child) => {
        if (!sent && stderr.includes("[1/4]")) sent = child.kill("SIGINT");
      },
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain("run the same command again to continue");
    expect(existsSync(join(place, file))).toBe(false);
  });

  it("continues with the missing runs, compares the values, passes over one that diverged, and warns", async () => {
    const r = await goHere(...sweepArguments, "--json");
    expect(r.code, r.stderr).toBe(0);
    expect(r.stderr).toMatch(/\[\d\/4\] flowers bitfit learningRate=0\.01 seed 1000: FID .*, done before/);
    expect(r.stdout).toMatch(/^Method +learning rate +FID/m);
    expect(r.stdout).toMatch(/^BitFit +0\.01 +[\d.]+ +chosen, default$/m);
    expect(r.stdout).toMatch(/^ +1e\+30 +diverged$/m);
    expect(r.stdout).toMatch(/Warning: LoRA-R8: learning rate 0\.0?03 is the (lowest|highest) of 2 values; /);
    expect(r.stdout).toContain("FID against the training images");
    const { sweep } = await readSweep(join(place, file));
    expect(r.json).toEqual({ path: file, ...sweep });
    expect(sweep).toMatchObject({ recipe: "tiny", protocol: "tiny/1", seed: 1000, criterion: "fid" });
    expect(sweep.datasets.map(({ name }) => name)).toEqual(["flowers"]);
    expect(sweep.methods[0]).toMatchObject({ method: "bitfit", runs: 2, chosen: { value: 0.01, isDefault: true } });
    expect(sweep.methods[0]!.edge).toBe("lowest");
    expect(sweep.methods[1]!.values.map(({ value }) => value)).toEqual([0.003, 0.03]);
  });

  it("writes the same bytes when it is repeated", async () => {
    const before = bytes();
    const r = await goHere(...sweepArguments);
    expect(r.stderr.match(/done before/g)).toHaveLength(3);
    expect(r.stderr).toMatch(/flowers bitfit learningRate=1e\+30 seed 1000: this run diverged before/);
    expect(bytes().equals(before)).toBe(true);
  });

  it("chooses nothing for a method with a missing run, exits with 3, and keeps the earlier choices", async () => {
    const before = bytes();
    const r = await goHere(...sweepOf(..."--methods lora --values lr=0.5x,2x --time-limit 0.0001".split(" ")));
    expect(r.code, r.stderr).toBe(3);
    expect(r.stdout.replaceAll(/\s+/g, " ")).toContain(
      "LoRA-R8: nothing is chosen, because 2 of 2 runs are missing. To choose one, run the same sweep again: it runs " +
        "those that are missing and no others",
    );
    expect(r.stderr).toMatch(/LoRA-R8: the file keeps the earlier choice, learning rate 0\.0?03\./);
    expect(bytes().equals(before)).toBe(true);
  });

  it("adds a method that is swept under the same conditions", async () => {
    cpSync(join(place, "sweeps"), join(place, "kept"), { recursive: true });
    const path = "kept/tiny-1/sweep.json";
    const before = (await readSweep(join(place, path))).sweep;
    const vpt = await goHere(...sweepOf(..."--methods vpt --values lr=1x,0.5x --out kept --json".split(" ")));
    expect(vpt.code, vpt.stderr).toBe(0);
    expect(vpt.stderr).toMatch(/sweep\.json also keeps the choices of .*: BitFit \(learning rate 0\.01\) and LoRA-R8/);
    expect(vpt.stdout).not.toContain("BitFit ");
    const { sweep } = await readSweep(join(place, path));
    expect(sweep.methods.map(({ method }) => method)).toEqual(["bitfit", "lora", "vpt"]);
    expect(sweep.methods.slice(0, 2)).toEqual(before.methods);
    expect(vpt.json).toEqual({ path, ...sweep });
  });

  it("refuses values before the first run, with exit code 2", async () => {
    const r = await goHere(...sweepArguments, "--values", "lora.rank=4,8", "--out", "never");
    expect(r.code).toBe(2);
    expect(r.stderr).toMatch(/lora also has --values lora\.lr=0\.3x,3x/);
    expect(existsSync(join(place, "never"))).toBe(false);
  });
});

describe("bench grid --rates", () => {
  const recordOf = (folder: string): RunRecord => readJson("runs/tiny-1/flowers", folder, "seed-0/record.json");
  const folders = () => readdirSync(join(place, "runs/tiny-1/flowers")).sort();

  it("runs the methods of the sweep with its values, and one whose default was chosen as without it", async () => {
    // The file is read once for all cells: a sweep that changes it meanwhile changes no cell.
    cpSync(join(place, file), join(place, "changing.json"));
    let isChanged = false;
    const r = await bench([...gridArguments, ..."--rates changing.json --jobs 1".split(" ")], {
      cwd: place,
      watch: (stderr) => {
        if (isChanged || !stderr.includes("[1/2]")) return;
        isChanged = true;
        writeFileSync(join(place, "changing.json"), "{}");
      },
    });
    expect(r.code, r.stderr).toBe(0);
    expect(isChanged).toBe(true);
    expect(r.stderr).toContain(
      "bitfit: learning rate 0.01, the default, was the best of 2 values: runs without change",
    );
    expect(r.stderr).toMatch(/lora: learning rate 0\.0?03, the best of 2 values/);
    expect(folders()).toEqual(["bitfit", expect.stringMatching(/^lora-r8-rate-0-0?03-[0-9a-f]{6}$/)]);
    expect(recordOf("bitfit")).not.toHaveProperty("tuning");
    const tuned = recordOf(folders()[1]!);
    const { sweep, digest } = await readSweep(join(place, file));
    expect(readdirSync(join(place, "runs/tiny-1"))).toContain(`rates-${digest.slice(0, 12)}.json`);
    const rate = sweep.methods[1]!.chosen!.value;
    expect(tuned).toMatchObject({
      protocol: "tiny/1",
      cell: { methodLabel: `LoRA-R8 (rate ${rate})` },
      training: { learningRate: rate },
      tuning: { values: [0.003, 0.03], runs: 2, datasets: ["flowers"], seed: 1000, criterion: "fid", sweep: digest },
    });
  });

  it("prints in a single run which value it has, and that nothing is written about a finished one", async () => {
    const cell = ["run", "--recipe", recipe, "--rates", file, ..."--method lora --dataset flowers".split(" ")];
    const r = await goHere(...cell, "--tensorboard", "curves");
    expect(r.code, r.stderr).toBe(0);
    expect(r.stderr).toMatch(
      /^lora: learning rate 0\.0?03, the best of 2 values; it is the (lowest|highest) of them; /m,
    );
    expect(r.stderr).toContain("--tensorboard writes nothing about a run that was finished before");
    expect(existsSync(join(place, "curves"))).toBe(false);
  });

  it("shares a table with the runs at the published rates, which states how many runs the tuning had", async () => {
    const r = await goHere(...gridArguments, "--methods", "bitfit,lora");
    expect(r.code, r.stderr).toBe(0);
    expect(r.stderr).toMatch(/flowers bitfit seed 0: FID .*, done before/);
    const page = readFileSync(join(place, "runs/tiny-1/table.md"), "utf8").replaceAll(/\n {2}/g, " ");
    expect(page).toMatch(/^\| LoRA-R8 \|/m);
    expect(page).toMatch(/^\| LoRA-R8 \(rate 0\.0?03\) \|/m);
    expect(page).toMatch(
      /- Tuned: LoRA-R8 \(rate 0\.0?03\): .* the best of 2 values, by 2 runs with seed 1000 on .*Flowers/,
    );
    expect(page).toContain("For BitFit (2 runs) the same sweep found no better value than the default.");
    expect(page).toContain("The sweep used every dataset of the table, with another seed.");
  });

  it("refuses the seed of the sweep, before the first run", async () => {
    const run = await goHere(
      ...["run", "--recipe", recipe, "--rates", file, ..."--method lora --dataset flowers --seed 1000".split(" ")],
    );
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("chosen by the runs of seed 1000")]);
  });
});

describe("bench run --set learningRate", () => {
  it("has the rate in the plan of a dry run", async () => {
    const r = await goHere(
      ...["run", "--recipe", recipe, "--dry-run", ..."--method lora --dataset flowers --set lr=0.002".split(" ")],
    );
    expect(r.code, r.stderr).toBe(0);
    expect(r.stdout).toContain("LoRA-R8 (rate 0.002)");
  });
});
