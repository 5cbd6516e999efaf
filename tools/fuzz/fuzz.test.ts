// Tests the parsers of untrusted bytes with changed inputs, and tests that the fuzzer finds every kind of fault.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { saveFaults } from "./corpus.mjs";
import { inputAt } from "./mutate.mjs";
import { corpusFolder, runTarget } from "./run-target.mjs";
import { targets } from "./table.mjs";
import { formatTallies } from "./tally-table.mjs";
import type { Target } from "./types.ts";

const inputs = 5000;
const place = mkdtempSync(join(tmpdir(), "dit-bench-fuzz-test-"));
afterAll(() => rmSync(place, { recursive: true }));

const here = new URL(".", import.meta.url);
const broken = (kind: string) => new URL(`testing/broken.mjs?${kind}`, here).href;

describe("the parsers", () => {
  it.each([...targets])("read or refuse inputs of target %s", { timeout: 300_000 }, async (name, module) => {
    const tally = await runTarget(name, module, { inputs: Math.ceil(inputs / targets.size) });
    expect(tally.faults.map(({ input, problem }) => `${input}: ${problem}`)).toEqual([]);
    // Otherwise the inputs end at the first check of the parser, or do not reach it.
    expect(tally.accepted).toBeGreaterThan(tally.inputs / 100);
    expect(tally.refused).toBeGreaterThan(tally.inputs / 20);
  });

  it("have a file each in the folder of targets, and a corpus under no other name", () => {
    const files = readdirSync(new URL("targets", here)).map((file) => file.replace(/\.mjs$/, ""));
    expect([...targets.keys()].sort()).toEqual(files.sort());
    for (const name of readdirSync(corpusFolder)) expect([...targets.keys()]).toContain(name);
  });
});

describe("the fuzzer", () => {
  it("makes equal inputs of equal numbers, and few that are equal to a seed", async () => {
    const { target } = (await import(targets.get("sweeps")!)) as { target: Target };
    const seeds = await target.seeds();
    const list = (seed: number) =>
      Array.from({ length: 100 }, (_, i) => inputAt(target, seeds, seed, i).toString("latin1"));
    expect(list(0)).toEqual(list(0));
    expect(list(1)).not.toEqual(list(0));
    expect(list(0).filter((input) => input === seeds[0]!.toString("latin1")).length).toBeLessThan(5);
    expect(new Set(list(0)).size).toBeGreaterThan(95);
  });

  it("counts accepted and refused inputs of a sound parser", async () => {
    const tally = await runTarget("none", broken("sound"), { inputs: 200 });
    expect(tally).toMatchObject({ inputs: 200, faults: [] });
    expect(tally.accepted + tally.refused).toBe(200);
    expect(Math.min(tally.accepted, tally.refused)).toBeGreaterThan(10);
  });

  it.each([
    ["type-error", /^TypeError: .*\(at .*broken\.mjs/],
    ["stack-overflow", /^RangeError: Maximum call stack/],
    ["no-message", /without a message/],
    ["long-message", /message of more than/],
    ["not-an-error", /it threw string/],
    ["slow", /CPU time/],
    ["memory", /MB of memory/],
    ["touched-memory", /MB of memory/],
    ["endless", /no end after 2 s/],
    ["crash", /ended with SIGSEGV/],
    ["heap", /ended with .*heap/],
    ["late-error", /^uncaught SyntaxError/],
    ["pollution", /every object got the property "hacked"/],
  ])("finds the fault %s, and goes on after it", async (kind, problem) => {
    const tally = await runTarget("none", broken(kind), {
      inputs: 2,
      secondsWithoutProgress: kind === "endless" ? 2 : 60,
    });
    expect(tally.inputs).toBe(2);
    expect(tally.faults.map(({ input }) => input)).toEqual([0, 1]);
    for (const fault of tally.faults) expect(fault.problem).toMatch(problem);
  });

  it("saves the smallest input of a problem, and reads it first in the next run", async () => {
    const module = broken("type-error");
    const first = await runTarget("t", module, { inputs: 3, corpus: place });
    const saved = saveFaults(place, "t", first.faults);
    expect(saved.length).toBe(1);
    const sizes = first.faults.map(({ bytes }) => bytes.length);
    expect(readFileSync(saved[0]!.path).length).toBe(Math.min(...sizes));
    const second = await runTarget("t", module, { inputs: 0, corpus: place });
    expect(second).toMatchObject({ inputs: 1, faults: [{ input: saved[0]!.path }] });
    expect(saveFaults(place, "t", second.faults)).toEqual([{ fault: second.faults[0], path: saved[0]!.path }]);
    expect(readdirSync(join(place, "t")).length).toBe(1);
  });

  it("gives up a target after 20 faults", async () => {
    mkdirSync(join(place, "many"), { recursive: true });
    for (let i = 0; i < 30; i++) writeFileSync(join(place, "many", `${i}.bin`), "x");
    const tally = await runTarget("many", broken("type-error"), { inputs: 10, corpus: place });
    expect(tally.faults.length).toBe(20);
  });

  it("prints a line for each target and the sums", () => {
    const tally = { inputs: 1200, accepted: 200, refused: 1000, faults: [], seconds: 1.5 };
    expect(formatTallies([["a", tally] as const, ["longer", tally] as const])).toBe(
      [
        "target  inputs  accepted  refused  faults  seconds",
        "a        1,200       200    1,000       0        2",
        "longer   1,200       200    1,000       0        2",
        "all      2,400       400    2,000       0        4",
        "",
      ].join("\n"),
    );
  });
});
