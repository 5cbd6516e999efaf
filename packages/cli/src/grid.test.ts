// bench grid and bench table as a user meets them.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { go, place, recipe } from "./tiny-place.test.data.ts";

describe("bench grid and table", () => {
  const grid = (...args: string[]) => go("grid", "--recipe", recipe, ...args);
  const eight = "--methods bitfit,difffit --datasets flowers,cars --seeds 2 --out grid".split(" ");

  it("runs every cell, resumes, and makes tables that are the same every time", async () => {
    const first = await grid(...eight);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toContain("[8/8]");
    const folder = join(place, "grid", "tiny-1");
    const files = ["table.csv", "table.md", "chart.png", "chart.svg"];
    const before = files.map((f) => readFileSync(join(folder, f)));
    const again = await grid(...eight);
    expect(again.stderr.match(/done before/g)).toHaveLength(8);
    const table = await go("table", "--from", "grid", "--out", "tables", "--json");
    expect(table.code, table.stderr).toBe(0);
    files.forEach((f, i) => {
      expect(readFileSync(join(folder, f)).equals(before[i]!), f).toBe(true);
      expect(readFileSync(join(place, "tables", f)).equals(before[i]!), f).toBe(true);
    });
    expect(readdirSync(join(place, "tables", "records", "flowers"))).toHaveLength(4);
    const listed = await go("list", "runs", "--out", "grid", "--json");
    expect(JSON.parse(listed.stdout)).toHaveLength(8);
  });

  it("goes on past a cell that fails, names it, and exits with 3", async () => {
    const plugin = join(place, "bad.js");
    writeFileSync(
      plugin,
      `import { defineMethod, z } from "@dit-bench/method";
       export default defineMethod({ name: "bad", label: () => "Bad", source: "https://example.org", options: z.strictObject({}), learningRate: 1e-3, adapt: () => ({ train: ["no.such.weight"] }) });`,
    );
    const r = await grid(..."--plugin ./bad.js --methods bad,bitfit --datasets sun --out partly".split(" "));
    expect(r.code).toBe(3);
    expect(r.stderr).toContain("1 of 2 cells failed: sun bad seed 0");
    expect(r.stderr).toContain("no weight of the model matches 'no.such.weight'");
    expect(existsSync(join(place, "partly", "tiny-1", "table.md"))).toBe(true);
  });
});
