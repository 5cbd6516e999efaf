// `bench grid` and `bench table`, with the processes of the built program, on a tiny recipe.

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { goHere } from "./here.test.data.ts";
import { writePlugin } from "./plugin.test.data.ts";
import { go, place, recipe } from "./tiny-place.test.data.ts";

const grid = (...args: string[]) => goHere("grid", "--recipe", recipe, ...args);

describe("bench grid and table", () => {
  const fourCells = "--methods bitfit,difffit --datasets flowers --seeds 2 --out grid".split(" ");

  it("runs every cell once, and writes the same tables when it is repeated", async () => {
    const first = await grid(...fourCells);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toContain("[4/4]");
    const folder = join(place, "grid", "tiny-1");
    const files = ["table.csv", "table.md", "table.tex", "chart.png", "chart.svg"];
    const before = files.map((f) => readFileSync(join(folder, f)));
    const again = await grid(...fourCells);
    expect(again.stderr.match(/done before/g)).toHaveLength(4);
    const table = await goHere("table", "--from", "grid", "--out", "tables", "--json");
    expect(table.code, table.stderr).toBe(0);
    files.forEach((f, i) => {
      expect(readFileSync(join(folder, f)).equals(before[i]!), f).toBe(true);
      expect(readFileSync(join(place, "tables", f)).equals(before[i]!), f).toBe(true);
    });
    const copies = readdirSync(join(place, "tables", "records", "flowers"));
    const count = (ending: string) => copies.filter((name) => name.endsWith(ending)).length;
    // Two methods with two seeds: base samples are shared by the methods, real images by all.
    expect([".json", ".samples.webp", ".base.webp", ".real.webp"].map(count)).toEqual([4, 4, 2, 1]);
    const listed = await goHere("list", "runs", "--out", "grid", "--json");
    expect(JSON.parse(listed.stdout)).toHaveLength(4);
    expect(readFileSync(join(folder, "grid.log"), "utf8")).toMatch(/^flowers bitfit seed 0 \| train: 12 steps$/m);
  });

  it("continues with the other cells when one fails, names it, and exits with 3", async () => {
    const badPlugin = writePlugin("bad", { adapt: 'throw new Error("no luck\\u001b[2J")' });
    const r = await grid(...badPlugin, ..."--methods bad,bitfit --datasets sun --out partly".split(" "));
    expect(r.code).toBe(3);
    expect(r.stderr).toContain("1 of 2 cells failed: sun bad seed 0");
    expect(r.stderr).toContain("no luck\\x1b[2J");
    expect(r.stderr).not.toContain("\x1b");
    expect(existsSync(join(place, "partly", "tiny-1", "table.md"))).toBe(true);
  });
});

describe("an option of some methods, in a grid", () => {
  it("reaches the methods that have it", async () => {
    const r = await grid(
      ..."--methods lora,bitfit --datasets sun --set rank=2 --set training.steps=2 --out some".split(" "),
    );
    expect(r.code, r.stderr).toBe(0);
    const [protocol = ""] = readdirSync(join(place, "some"));
    expect(readdirSync(join(place, "some", protocol, "sun")).sort()).toEqual([
      "bitfit",
      expect.stringMatching(/^lora-r2-/),
    ]);
  });

  it("causes one error before the first cell if no method has it", async () => {
    const r = await grid(..."--methods bitfit,vpt --set rank=2 --out never".split(" "));
    expect(r.stderr).toMatch(
      /^bench: error: --set rank=2: bitfit, vpt have no option 'rank'; it is an option of lora, /,
    );
    expect(r.code).toBe(2);
    expect(existsSync(join(place, "never"))).toBe(false);
  });
});

describe("a plug-in that misbehaves, in a grid", () => {
  it("fails in its own cells only, whether it exits, sends false messages, sets exit codes or prints", async () => {
    const plugins = [
      ...writePlugin("exits", { adapt: "process.exit(0)" }),
      ...writePlugin("forges", {
        adapt:
          "process.send?.(null); process.send?.({ kind: 'finished', recordPath: '/nowhere', already: true }); " +
          "process.exit(0)",
      }),
      ...writePlugin("codes", { top: "setInterval(() => {}, 1000)", adapt: "process.exitCode = 7" }),
      ...writePlugin("prints", { top: "process.on('exit', () => console.log('null'))" }),
    ];
    const r = await grid(
      ...plugins,
      ..."--methods exits,forges,codes,prints,bitfit --datasets sun --out odd".split(" "),
    );
    expect(r.code, r.stderr).toBe(3);
    expect(r.stderr).toContain("2 of 5 cells failed: ");
    expect(r.stderr).toMatch(
      /sun exits seed 0: failed .* \(exit code 0\); .*\/exits\.mjs:\d+:\d+ called process\.exit/,
    );
    expect(r.stderr).toMatch(/sun forges seed 0: failed .*: its record cannot be read/);
    for (const name of ["codes", "prints", "bitfit"]) expect(r.stderr).toMatch(`sun ${name} seed 0: FID`);
    expect(readFileSync(join(place, "odd", "tiny-1", "table.md"), "utf8")).toContain("codes");
  });

  it("is named if it ends the process that checks its options, not the plug-in that was loaded last", async () => {
    const plugins = [
      ...writePlugin("first", { adapt: "process.exit(3)", options: "rank: z.int().default(1)" }),
      ...writePlugin("second", {}),
    ];
    const flags = "--methods first,second --datasets sun --set first.rank=2 --out never".split(" ");
    const r = await grid(...plugins, ...flags);
    expect(r.stderr).toMatch(
      /^bench: error: plug-in \.\/first\.mjs: it ended its process while .* checked its options \(.*first\.mjs/,
    );
    expect(r.code).toBe(2);
  });

  it("is loaded by its own cells only", async () => {
    const brittle = writePlugin("brittle", { top: 'if (process.argv.includes("bitfit")) process.exit(9);' });
    const r = await grid(...brittle, ..."--methods brittle,bitfit --datasets sun --out apart".split(" "));
    expect(r.code, r.stderr).toBe(0);
  });

  it("is ended by the time limit if its cell never ends", async () => {
    const loops = writePlugin("loops", { adapt: "for (;;);" });
    const r = await grid(...loops, ..."--methods loops --datasets sun --out endless --time-limit 0.05".split(" "));
    expect(r.code, r.stderr).toBe(3);
    expect(r.stderr).toMatch(/sun loops seed 0: failed .*: passed its time limit of 0\.05 min/);
  });

  it.each([
    [
      "ends its process",
      { top: "process.exit(0)" },
      /plug-in \.\/ends-its-process\.mjs: it ended its process while it was loaded .*process\.exit/,
    ],
    [
      "awaits for ever",
      { top: "await new Promise(() => {})" },
      /plug-in \.\/awaits-for-ever\.mjs: its import waits for something that never comes/,
    ],
    ["throws", { top: "throw new Error('no luck')" }, /no luck/],
  ])("causes one error before the first cell if it %s while it is loaded", async (what, code, message) => {
    const name = what.replaceAll(" ", "-");
    const r = await grid(...writePlugin(name, code), "--methods", `${name},bitfit`, "--out", "never");
    expect(r.stderr).toMatch(message);
    expect(r.code).toBe(2);
    const alone = await go(
      "run",
      "--recipe",
      recipe,
      "--method",
      name,
      "--plugin",
      `./${name}.mjs`,
      "--dataset",
      "sun",
    );
    expect(alone.code).toBeGreaterThan(0);
    expect(alone.stderr).toContain("bench: error: ");
  });
});

describe("a grid log that cannot be written", () => {
  it("causes one error with exit code 74 before the first cell", async () => {
    const folder = join(place, "unwritable", "tiny-1");
    mkdirSync(join(folder, "grid.log"), { recursive: true }); // in place of the file: even root cannot write to it
    const r = await grid(..."--methods bitfit --datasets sun --out unwritable".split(" "));
    expect(r.code).toBe(74);
    expect(r.stderr).toMatch(
      /^bench: error: the grid's log .* cannot be written \(EISDIR.*; choose another folder with --out\n$/,
    );
    expect(readdirSync(folder)).toEqual(["grid.log"]);
  });

  it.skipIf(process.getuid?.() === 0)("causes exit code 74 in a folder without write permission, too", async () => {
    mkdirSync(join(place, "closed"));
    chmodSync(join(place, "closed"), 0o555);
    const r = await grid(..."--methods bitfit --datasets sun --out closed".split(" "));
    expect(r.code).toBe(74);
  });
});
