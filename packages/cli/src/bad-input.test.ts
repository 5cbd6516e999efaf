// `bench run` with input that it cannot use: it prints one line, exits with a code and leaves no unfinished files.

import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bench } from "./bench.test.data.ts";
import { goHere, runHere } from "./here.test.data.ts";
import { cell, photos, place } from "./tiny-place.test.data.ts";
import { tinyRecipe } from "./tiny-recipe.test.data.ts";

describe("bench run", () => {
  const cases: [what: string, args: () => Promise<string[]> | string[], code: number, message: RegExp][] = [
    [
      "an unknown method",
      () => ["--method", "diffit"],
      2,
      /^bench: error: --method 'diffit' is not known; did you mean 'difffit'\? available: /,
    ],
    ["an unknown dataset", () => ["--dataset", "flower"], 2, /unknown dataset "flower".*did you mean "flowers"/i],
    ["an unknown recipe", () => ["--recipe", "minni"], 2, /unknown recipe 'minni'.*did you mean 'mini'/i],
    [
      "an unknown option of the method",
      () => ["--method", "lora", "--set", "rnk=4"],
      2,
      /lora has no option 'rnk'; did you mean 'rank'\? options: lora \(rank=8/,
    ],
    [
      "an unknown setting",
      () => ["--set", "training.stpes=4"],
      2,
      /no setting 'training.stpes'; did you mean 'training.steps'/,
    ],
    ["a seed that is not a number", () => ["--seed", "x"], 2, /--seed is 'x'; wanted a whole number/],
    ["a plug-in that does not exist", () => ["--plugin", "./nowhere"], 2, /plug-in .\/nowhere: there is no such file/],
    ["a folder that does not exist", () => ["--data", "nowhere"], 4, /nowhere/],
    ["a folder without images", () => makeEmptyFolder("empty"), 4, /no images in .*expected one folder per class/],
    [
      "the parent folder of the folder with the classes",
      async () => ["--data", join(await photos("around/photos", { daisy: 6, rose: 6 }), "..")],
      4,
      /holds one folder, "photos", with folders in it: did you mean ".*photos around\/photos"\?/,
    ],
    [
      "a 1×1 image with --strict",
      async () => ["--data", await photos("dot", { daisy: 6, rose: 6 }, 1), "--strict"],
      4,
      /1\s?[×x]\s?1/,
    ],
    ["a folder with 1×1 images only", async () => ["--data", await photos("dots", { daisy: 6, rose: 6 }, 6)], 4, /./],
    [
      "fewer images than a batch",
      async () => ["--data", await photos("few", { daisy: 3, rose: 3 })],
      4,
      /6 images, but a batch has 8; add images, or use --set training.batch=6/,
    ],
    [
      "a loss that is not finite",
      () => ["--set", "training.learningRateScale=1e30"],
      5,
      /training diverged: the loss of step \d+ is (NaN|-?Infinity)/,
    ],
    [
      "a folder that cannot be written",
      () => {
        writeFileSync(join(place, "file"), "");
        return ["--out", "file/runs"];
      },
      74,
      /the folder .* cannot be made or written to .*; choose another with --out/,
    ],
  ];

  it.each(cases)("refuses %s with one line and an exit code", async (what, args, code, message) => {
    const out = `bad ${what}`;
    const r = await runHere("--out", out, ...(await args()));
    expect(r.stderr).toMatch(message);
    expect(r.code).toBe(code);
    expect(r.stdout).toBe("");
    expect(r.stderr).not.toMatch(/\n {4}at /);
    const remaining = existsSync(join(place, out))
      ? readdirSync(join(place, out), { recursive: true, encoding: "utf8" })
      : [];
    expect(remaining.filter((f) => /\.(tmp|safetensors|png)$/.test(f) && !f.includes("base"))).toEqual([]);
  });

  const notWeights = join(place, "no weights.txt");
  writeFileSync(notWeights, "not weights");
  const fewImages = async () => ["--data", await photos("few too", { daisy: 3, rose: 3 })];
  const broken = async () => {
    const data = await photos("broken", { daisy: 5, rose: 5 });
    for (const name of ["daisy/0", "daisy/1", "rose/0"]) writeFileSync(join(data, `${name}.jpg`), "no image");
    return ["--data", data];
  };
  it.each([
    ["fewer images than a batch", fewImages],
    ["fewer images that can be read than a batch", broken],
    ["an image that cannot be read, with --strict", async () => [...(await broken()), "--strict"]],
    ["a folder that does not exist", () => ["--data", "nowhere"]],
    ["missing weights", () => ["--set", "recipe.base=nowhere.pt"]],
    ["a file that holds no weights", () => ["--set", `recipe.base=${notWeights}`]],
    ["a file that holds no extractor", () => ["--set", `extractor.weights=${notWeights}`]],
    ["a model that differs from the base model", () => ["--set", "model.depth=9"]],
    ["a batch larger than the miniature", () => ["--set", "training.batch=1000"]],
    ["a respacing that is no number", () => ["--set", "sampling.respacing=abc"]],
    ["an unknown option", () => ["--set", "rnk=4"]],
    ["a folder that cannot be written", () => ["--out", "file/runs"]],
  ] as [string, () => Promise<string[]> | string[]][])(
    "refuses %s in a dry run, with the message and exit code of a real run",
    async (_, args) => {
      const flags = await args();
      const realRun = await runHere("--out", "dry", ...flags);
      const dryRun = await runHere("--out", "dry", ...flags, "--dry-run");
      const lastLine = (stderr: string) => stderr.trimEnd().split("\n").at(-1);
      expect(realRun.code).toBeGreaterThan(0);
      expect(dryRun.code).toBe(realRun.code);
      expect(lastLine(dryRun.stderr)).toBe(lastLine(realRun.stderr));
      expect(existsSync(join(place, "dry"))).toBe(false);
    },
  );

  it("writes a record without metrics for a run that diverged", () => {
    const out = join(place, "bad a loss that is not finite");
    const record = readdirSync(out, { recursive: true, encoding: "utf8" }).find((f) => f.endsWith("record.json"))!;
    expect(JSON.parse(readFileSync(join(out, record), "utf8"))).toMatchObject({ exit: "diverged", metrics: null });
  });

  it("refuses a corrupt checkpoint and names the file to delete", async () => {
    const args = [...cell, ..."--method bitfit --dataset sun --set training.steps=500 --out corrupt".split(" ")];
    const stopped = await bench(args, {
      cwd: place,
      watch: (stderr, child) => /train: /.test(stderr) && !/stopping/.test(stderr) && child.kill("SIGTERM"),
    });
    expect(stopped.code).toBe(143);
    const name = readdirSync(join(place, "corrupt"), { recursive: true, encoding: "utf8" }).find((f) =>
      f.endsWith("checkpoint.safetensors"),
    )!;
    truncateSync(join(place, "corrupt", name), 1000);
    const r = await goHere(...args);
    expect(r.code).toBe(4);
    expect(r.stderr).toMatch(
      /the checkpoint cannot be used: .*checkpoint\.safetensors.*delete it to train from the start/,
    );
  });

  it("refuses corrupt base weights and names the file", async () => {
    const broken = tinyRecipe(join(place, "broken"));
    truncateSync(join(broken, "base.safetensors"), 5000);
    const r = await runHere("--recipe", broken, "--out", "broken-out");
    expect(r.code).toBe(4);
    expect(r.stderr).toContain("base.safetensors");
  });
});

/** Makes a folder with an empty class folder; returns the flags that name it. */
function makeEmptyFolder(name: string): string[] {
  mkdirSync(join(place, name, "daisy"), { recursive: true });
  return ["--data", name];
}
