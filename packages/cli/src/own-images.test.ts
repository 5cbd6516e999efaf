// `bench run` and `bench grid` with own images, which `--data` names.

import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { goHere } from "./here.test.data.ts";
import { photos, place, recipe } from "./tiny-place.test.data.ts";

const run = (...args: string[]) =>
  goHere("run", "--recipe", recipe, "--method", "bitfit", "--threads", "1", "--set", "training.steps=2", ...args);
const grid = (...args: string[]) => goHere("grid", "--recipe", recipe, "--set", "training.steps=2", ...args);
const recordOf = (path: unknown) => JSON.parse(readFileSync(join(place, String(path)), "utf8"));

describe("bench run --data", () => {
  it("takes the name and title of the dataset from the folder", async () => {
    const data = await photos("mine", { daisy: 6, rose: 6 });
    const r = await run("--data", data, "--out", "a", "--json");
    expect(r.code, r.stderr).toBe(0);
    const { cell, data: used, protocol } = recordOf(r.json.record);
    expect(cell).toMatchObject({
      dataset: `photos-mine-${used.fingerprint.slice(0, 8)}`,
      datasetTitle: "own images, photos mine",
    });
    expect(protocol).toContain("on own images");
    expect(r.json.dataset).toBe(cell.dataset);
    expect(String(r.json.record)).toContain(`/${cell.dataset}/bitfit/`);
    expect(r.stdout).toContain("BitFit on own images, photos mine (12 images of 2 classes), seed 0");
    expect(r.stdout).toMatch(/cost +.* in all, [\d.]+ ms a step, peak memory .*, .* stored/);
  });

  it("takes the name from --name, and prints that --dataset is not used", async () => {
    const data = await photos("named", { daisy: 6, rose: 6 });
    const r = await run("--data", data, "--name", "my flowers", "--dataset", "flowers", "--out", "a", "--json");
    expect(r.code, r.stderr).toBe(0);
    expect(r.stderr).toContain("--dataset flowers is not used");
    expect(recordOf(r.json.record).cell).toMatchObject({
      dataset: expect.stringMatching(/^my-flowers-[0-9a-f]{8}$/),
      datasetTitle: "own images, my flowers",
    });
  });

  it("keeps the runs of two folders of equal name apart, also in Chinese script", async () => {
    const [one, two] = [await photos("one", { daisy: 6, rose: 6 }), await photos("two", { daisy: 7, rose: 6 })];
    for (const [from, to] of [
      [one, "A/花"],
      [two, "B/花"],
    ] as const)
      cpSync(from, join(place, to), { recursive: true });
    for (const folder of ["A/花", "B/花"]) {
      const r = await run("--data", folder, "--out", "side");
      expect(r.code, r.stderr).toBe(0);
    }
    const [protocol = ""] = readdirSync(join(place, "side"));
    const kept = readdirSync(join(place, "side", protocol)).filter((name) => name !== "base");
    expect(kept).toHaveLength(2);
    for (const name of kept) expect(name).toMatch(/^花-[0-9a-f]{8}$/);
  });

  it("keeps own images with the name of a dataset apart from the runs of that dataset", async () => {
    const data = await photos("like a dataset", { daisy: 6, rose: 6 });
    await run("--dataset", "flowers", "--out", "both");
    const r = await run("--data", data, "--name", "flowers", "--out", "both", "--json");
    expect(r.code, r.stderr).toBe(0);
    expect(r.json.already).toBe(false);
  });

  it.each([
    [[], /--dataset or --data is needed/],
    [["--dataset", "flowers", "--name", "x"], /--name x names own images, but there is no --data/],
  ])("refuses the flags %j", async (args, message) => {
    const r = await run(...args);
    expect(r.stderr).toMatch(message);
    expect(r.code).toBe(2);
  });

  it("prints the name of the images in a dry run", async () => {
    const r = await run("--data", await photos("dry", { daisy: 6, rose: 6 }), "--dry-run");
    expect(r.code, r.stderr).toBe(0);
    expect(r.stdout).toMatch(/^BitFit on own images, photos dry, protocol/);
  });
});

describe("held-out images", () => {
  it("are those of --held-out, and the summary prints which scores lack images", async () => {
    const data = await photos("split", { daisy: 20, rose: 20 });
    const r = await run("--data", data, "--out", "held", "--held-out", "0.5", "--json");
    expect(r.code, r.stderr).toBe(0);
    const { data: used, metrics, protocol } = recordOf(r.json.record);
    expect(used.images + used.heldOut.images).toBe(40);
    expect(used.heldOut.share).toBe(0.5);
    expect(r.json.heldOutImages).toBe(used.heldOut.images);
    expect(protocol).toMatch(/^tiny\/1\+[0-9a-f]{8} on own images$/);
    expect(metrics.leftOut.copyRate).toBe("20 samples, fewer than 40");
    expect(r.stdout).toMatch(/scores +density [\d.]+, coverage [\d.]+, precision [\d.]+, recall [\d.]+ +\(see docs/);
    expect(r.stdout).toMatch(/left out +copyRate, heldOutFid, heldOutKid: 20 samples, fewer than 40/);
  });

  it("are a fifth of own images by default, in the plan and in the scores", async () => {
    const data = await photos("many", { daisy: 130, rose: 130 });
    const plan = await run("--data", data, "--dry-run", "--set", "metrics.every=1");
    expect(plan.stdout).toMatch(/held out +about 52 of 260 images \(--held-out 0\.2\)/);
    expect(plan.stdout).toMatch(/FID over training, 3 times 100 samples/);
    const r = await run("--data", data, "--out", "held", "--set", "sampling.images=40");
    expect(r.code, r.stderr).toBe(0);
    expect(r.stdout).toMatch(/held out +FID [\d.]+, KID -?[\d.]+ +\(against \d+ images that were not trained on\)/);
    expect(r.stdout).toMatch(/copy rate +[\d.]+ % +\((?:95 % interval [\d.]+ to [\d.]+ %|no interval);/);
  });

  it.each([
    [["--held-out", "1"], "wanted a share of at least 0 and below 1"],
    [["--held-out", "0.1", "--set", "data.heldOut=0.2"], "are the same setting with two values"],
    [["--set", "metrics.everySamples=5"], "metrics.everySamples: it is used only with metrics.every"],
  ])("refuses %j", async (args, message) => {
    const r = await run("--dataset", "flowers", ...args);
    expect(r.stderr).toContain(message);
    expect(r.code).toBe(2);
  });
});

describe("bench grid --data", () => {
  it("makes one column of the table for each folder", async () => {
    const [one, two] = [await photos("first", { a: 6, b: 6 }), await photos("second", { a: 7, b: 6 })];
    const first = await grid("--methods", "bitfit", "--data", one, "--out", "columns");
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toContain("1 cell: 1 method × 1 dataset × 1 seed");
    const twoFolders = await grid(
      "--methods",
      "bitfit,vpt",
      "--data",
      one,
      "--data",
      two,
      "--name",
      "一",
      "--name",
      "二",
      "--out",
      "columns",
    );
    expect(twoFolders.code, twoFolders.stderr).toBe(0);
    expect(twoFolders.stderr).toContain("4 cells");
    const [protocol = ""] = readdirSync(join(place, "columns"));
    const table = readFileSync(join(place, "columns", protocol, "table.md"), "utf8");
    for (const title of ["own images, 一", "own images, 二", "own images, photos first"])
      expect(table).toContain(title);
  });

  it("refuses a missing folder before the first cell", async () => {
    const r = await grid("--methods", "bitfit,lora", "--out", "refused", "--data", "nowhere");
    expect(r.stderr).toMatch(/"nowhere" does not exist/);
    expect(r.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(r.code).toBe(4);
    expect(existsSync(join(place, "refused"))).toBe(false);
  });
});
