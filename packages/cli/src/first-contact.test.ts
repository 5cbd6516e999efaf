// Commands and mistakes of a new user.

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { benchInProcess } from "./bench-in-process.test.data.ts";
import { goHere } from "./here.test.data.ts";
import { photos, place, recipe } from "./tiny-place.test.data.ts";

const entry = fileURLToPath(new URL("../bin/bench.js", import.meta.url));

describe("bench", () => {
  it("prints its version", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    for (const flag of ["--version", "-V"]) {
      const r = await goHere(flag);
      expect([r.code, r.stdout.trim()]).toEqual([0, version]);
    }
  });

  it("reports a current folder that was deleted, with exit code 74", () => {
    const gone = mkdtempSync(join(place, "gone-"));
    const script = 'rmdir "$PWD" && exec "$0" "$1" list methods';
    const r = spawnSync("sh", ["-c", script, process.execPath, entry], { cwd: gone, encoding: "utf8" });
    expect(r.stderr).toBe("bench: error: the current folder was deleted or moved; change to a folder that exists\n");
    expect(r.status).toBe(74);
  });

  it("quotes a surplus argument, such as the second half of a path with a space", async () => {
    const r = await goHere("run", "--method", "bitfit", "--data", "my", "photos");
    expect(r.stderr).toMatch(/^bench: error: 'photos' is one argument too many for 'bench run'; .* quotes/);
    expect(r.code).toBe(2);
    const two = await goHere("fid", "a", "b", "c");
    expect(two.stderr).toContain("'c' is one argument too many for 'bench fid'");
  });
});

describe("bench run and bench grid", () => {
  const fewSteps = ["--recipe", recipe, "--set", "training.steps=2"];

  it("refuse an output folder among the images, as `--data .` gives by default", async () => {
    const data = await photos("here", { daisy: 6, rose: 6 });
    const run = ["run", "--method", "bitfit", "--data", ".", ...fewSteps];
    for (const args of [run, [...run, "--dry-run"], ["grid", "--methods", "bitfit", "--data", ".", ...fewSteps]]) {
      const r = await benchInProcess(args, { cwd: data });
      expect(r.stderr).toContain(
        "--out runs lies in the image folder .: the next run would use sheets of runs as images",
      );
      expect(r.code).toBe(2);
    }
    const apart = await benchInProcess([...run, "--out", "../apart"], { cwd: data });
    expect(apart.code, apart.stderr).toBe(0);
  });

  it("refuse a second --data and join two --methods, so that no value is ignored", async () => {
    const data = await photos("twice", { daisy: 6, rose: 6 });
    const r = await goHere("run", "--method", "bitfit", "--data", data, "--data", "other", ...fewSteps);
    expect(r.stderr).toContain(`--data is given twice, '${data}' and 'other'`);
    expect(r.code).toBe(2);
    const grid = await goHere("grid", "--methods", "bitfit", "--methods", "nosuch", "--data", data, ...fewSteps);
    expect(grid.stderr).toContain("--methods 'nosuch' is not known");
    const same = await goHere("grid", "--methods", "lora", "--methods", "lora", "--data", data, ...fewSteps);
    expect(same.stderr).toContain("--methods 'lora,lora' has 'lora' twice");
  });

  it("quote the value that a setting refuses", async () => {
    const r = await goHere(
      "run",
      "--method",
      "bitfit",
      "--dataset",
      "flowers",
      "--recipe",
      recipe,
      "--set",
      "training.steps=2 000",
    );
    expect(r.stderr).toMatch(/training\.steps: .*\(given "2 000"\)/);
    expect(r.code).toBe(2);
  });

  it("explain a tilde that the shell did not expand", async () => {
    const r = await goHere("run", "--method", "bitfit", "--data=~/photos", ...fewSteps);
    expect(r.stderr).toContain('"~/photos" does not exist: the shell did not expand "~"; write $HOME');
    expect(r.code).toBe(4);
  });
});

describe("bench table", () => {
  it("prints the table and advice if its files cannot be written", async () => {
    const records = fileURLToPath(new URL("../../../results/mini/records/flowers", import.meta.url));
    cpSync(records, join(place, "blocked"), { recursive: true });
    mkdirSync(join(place, "blocked/table.csv/a-folder"), { recursive: true });
    const r = await goHere("table", "--from", "blocked");
    expect(r.stdout).toContain("DiffFit");
    expect(r.stdout).not.toContain("table.md");
    expect(r.stderr).toMatch(/tables and chart cannot be written to \S+ \(E[A-Z]+\); choose another folder/);
    expect(r.code).toBe(74);
  });

  it("refuses an --out that cannot be written before it reads the records", async () => {
    writeFileSync(join(place, "a-file"), "");
    const r = await goHere("table", "--out", "a-file/tables");
    expect(r).toMatchObject({ code: 74, stdout: "" });
    expect(r.stderr).toMatch(/the folder a-file\/tables cannot be made or written to .*; choose another with --out/);
  });

  it("prints colours as terminal codes, not escaped", () => {
    const records = fileURLToPath(new URL("../../../results/mini/records", import.meta.url));
    const r = spawnSync(process.execPath, [entry, "table", "--from", records, "--out", join(place, "coloured")], {
      cwd: place,
      encoding: "utf8",
      env: { ...process.env, FORCE_COLOR: "1", NO_COLOR: undefined },
    });
    expect(r.stdout).toContain("\x1b[1mMethod");
    expect(r.stdout).not.toContain("\\x1b");
    const list = spawnSync(process.execPath, [entry, "list", "datasets"], {
      encoding: "utf8",
      env: { ...process.env, FORCE_COLOR: "1", NO_COLOR: undefined },
    });
    expect(list.stdout.startsWith("\x1b[1m")).toBe(true);
    expect(list.stdout).not.toContain("\\x1b");
  });
});
