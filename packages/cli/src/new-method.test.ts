// `bench new-method`, with the built program: what it makes passes the checks and runs as it stands.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { cell, go, place } from "./tiny-place.test.data.ts";

describe("bench new-method", () => {
  const folder = join(place, "my-idea");
  let made: Awaited<ReturnType<typeof go>>;
  beforeAll(async () => {
    made = await go("new-method", "my-idea");
  });

  it("makes a folder with source, test, package.json and README, and prints the next commands", () => {
    expect(made.code, made.stderr).toBe(0);
    expect(made.stdout).toContain("bench check-method ./my-idea\n");
    expect(made.stdout).toContain("bench run --plugin ./my-idea --method my-idea --dataset flowers\n");
    expect(made.stdout).toContain("'Writing a method' in the documentation of dit-bench");
    // The folder has no lock file, which npm ci needs.
    expect(readFileSync(join(folder, "README.md"), "utf8")).toContain("`npm install`");
    const files = [".gitignore", "README.md", "index.js", "index.test.js", "node_modules", "package.json"];
    expect(readdirSync(folder).sort()).toEqual(files);
    expect(readdirSync(place).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("puts the name everywhere", () => {
    for (const file of readdirSync(folder).filter((name) => name !== "node_modules"))
      expect(readFileSync(join(folder, file), "utf8"), file).not.toMatch(/my-method|MyMethod/);
    expect(readFileSync(join(folder, "index.js"), "utf8")).toContain('name: "my-idea"');
    expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).name).toBe("dit-bench-method-my-idea");
  });

  it("makes a method that passes bench check-method", async () => {
    const { code, stdout } = await go("check-method", "./my-idea");
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/^MyIdea-R8, method 'my-idea' of \.\/my-idea 0\.1\.0/);
  });

  it("makes a method that runs", async () => {
    const args = ["--method", "my-idea", "--plugin", "./my-idea", "--set", "rank=2", "--out", "made", "--json"];
    const { code, json, stderr } = await go(...cell, ...args);
    expect(code, stderr).toBe(0);
    expect(json.method).toBe("MyIdea-R2");
  });

  it("makes a test that passes without an installation", () => {
    const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
    const r = spawnSync(process.execPath, ["--test"], { cwd: folder, encoding: "utf8", env });
    expect(r.status, r.stdout + r.stderr).toBe(0);
    expect(r.stdout).toMatch(/# pass \d\d|pass \d\d/);
  });

  it("replaces nothing that is there, not even a link that leads nowhere", async () => {
    const before = readFileSync(join(folder, "index.js"));
    mkdirSync(join(place, "empty-one"));
    symlinkSync("nowhere", join(place, "broken-link"));
    for (const name of ["my-idea", "empty-one", "broken-link"]) {
      const { code, stderr } = await go("new-method", name);
      expect(stderr).toBe(`bench: error: ./${name} is there already; choose another name, or go to another folder\n`);
      expect(code).toBe(2);
    }
    expect(readFileSync(join(folder, "index.js")).equals(before)).toBe(true);
    expect(readdirSync(join(place, "empty-one"))).toEqual([]);
    expect(existsSync(join(place, "nowhere"))).toBe(false);
  });

  it.each([
    ["My Idea", /the name of the method is 'My Idea'; wanted lower-case letters, .* such as 'my-idea'/],
    ["../outside", /the name of the method is '\.\.\/outside'; wanted .* such as 'outside'/],
    ["lora", /the name 'lora' is taken by @dit-bench\/method-lora/],
    ["training", /the name 'training' is that of a section of recipes/],
  ])("refuses the name %s", async (name, message) => {
    const { code, stderr } = await go("new-method", name);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(existsSync(join(place, name))).toBe(false);
  });
});
