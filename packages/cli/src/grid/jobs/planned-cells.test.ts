// The key of a cell: the same for all ways to write a path.

import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyOf } from "./planned-cells.ts";

const start = process.cwd();
const place = realpathSync(mkdtempSync(join(tmpdir(), "dit-bench-keys-")));
beforeAll(() => {
  for (const name of ["inner", "x"]) mkdirSync(join(place, name));
  process.chdir(place);
});
afterAll(() => {
  process.chdir(start);
  rmSync(place, { recursive: true });
});

const args = (out: string, data: string, recipe: string, plugin: string) => [
  ...["run", "--out", out, "--method", "lora", "--data", data, "--recipe", recipe, "--plugin", plugin],
];

describe("keyOf", () => {
  const key = keyOf(args("runs", "x", "mini", "a-package"));

  it.each([
    ["./runs", "x/", "mini", "a-package"],
    ["inner/../runs", "./x", "mini", "a-package"],
    [join(place, "runs"), join(place, "x"), "mini", "a-package"],
  ])("is the same for --out %s --data %s", (...words) => {
    expect(keyOf(args(...words))).toBe(key);
  });

  it("is the same from another current folder", () => {
    process.chdir("inner");
    expect(keyOf(args("../runs", "../x", "mini", "a-package"))).toBe(key);
    process.chdir(place);
  });

  it.each([
    ["runs", "y", "mini", "a-package"],
    ["runs", "x", "./mini", "a-package"], // a folder, not the recipe of that name
    ["runs", "x", "mini", "./a-package"],
  ])("differs for --out %s --data %s --recipe %s --plugin %s", (...words) => {
    expect(keyOf(args(...words))).not.toBe(key);
  });

  it("tells different options of a method apart", () => {
    const with16 = [...args("runs", "x", "mini", "a-package"), "--set", "lora.rank=16"];
    expect(keyOf(with16)).not.toBe(key);
    expect(keyOf(with16)).toMatch(/^[0-9a-f]{16}$/);
  });
});
