// Tests that nothing is lost in the CI size of the reliability command, and that a loss is counted and shown.

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadPart, partNames } from "./table.mjs";
import { countLosses, formatPage, formatTable, lossesIn, tally } from "./tally.mjs";
import type { Part, Trial } from "./types.ts";

const scenarios = ["a first run", "a run that continues a finished one"];
const failures = ["an I/O error", "a full disk", "a quota", "a disk that becomes read-only"];
const damaged = ["a record", "trained weights", "a kept state", "the base model's samples", "cached latents"];

/** What each part must have tried. The fuzzer, which is the part `parsers`, has a test of its own, of more inputs. */
const wanted: Record<string, readonly string[]> = {
  "killed-runs": ["SIGKILL at a random moment of a run", "the same command after up to four kills"],
  "killed-writes": ["SIGKILL before a change", "SIGKILL before a change of a checkpoint"],
  "killed-grids": ["SIGKILL of a grid with running cells"],
  claims: [
    ...["SIGKILL of a process that takes cells", "a cell whose process was killed at work"],
    "a cell that sixteen processes want",
  ],
  "same-cell": ["two commands of one cell at once"],
  "failing-changes": scenarios.flatMap((run) => failures.map((failure) => `${failure} in ${run}`)),
  "power-failures": scenarios.map((run) => `a power failure in ${run}`),
  "bit-flips": [...damaged, "a checkpoint"].map((file) => `a flipped bit in ${file}`),
};

describe("the parts", () => {
  it("are all tested", () => {
    expect(Object.keys(wanted)).toEqual(partNames.filter((name) => name !== "parsers"));
  });

  it.each(Object.keys(wanted))("lose nothing: %s", { timeout: 300_000 }, async (name) => {
    const part = await loadPart(name);
    const folder = mkdtempSync(join(tmpdir(), `dit-bench-${name}-`));
    try {
      const { rows } = await tally(name, part.trials(part.sizes.ci, folder));
      expect(rows.flatMap(({ losses }) => losses)).toEqual([]);
      expect(rows.map(({ what }) => what).sort()).toEqual(expect.arrayContaining([...wanted[name]!].sort()));
      for (const { what, tried } of rows) expect(tried, what).toBeGreaterThan(0);
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    }
  });

  it("have a file each in the folder of parts", () => {
    const files = readdirSync(new URL("parts", import.meta.url)).map((file) => file.replace(/\.mjs$/, ""));
    expect([...partNames].sort()).toEqual(files.sort());
  });
});

describe("the table", () => {
  async function* trials(): AsyncGenerator<Trial> {
    yield { what: "a kill", outcome: "same result" };
    yield { what: "a kill", outcome: "same result", count: 1999 };
    yield { what: "a kill", outcome: "lost", loss: "after 3 s: another result" };
    yield { what: "a flip", outcome: "harmless" };
  }

  it("counts attempts, outcomes and losses by what was tried", async () => {
    const seen: number[] = [];
    const finished = [await tally("kills", trials(), (tried) => seen.push(tried))];
    expect(seen).toEqual([1, 2000, 2001, 2002]);
    expect(lossesIn(finished)).toBe(1);
    expect(countLosses([])).toBe("no losses");
    expect(formatTable(finished).split("\n").slice(2)).toEqual([
      "| `kills` | a kill | 2,001 | same result: 2,000; lost: 1 | 1 |",
      "| `kills` | a flip | 1 | harmless: 1 | 0 |",
      "",
    ]);
  });

  it("stands on the page with the parts' explanations and the sums", async () => {
    const finished = [await tally("kills", trials())];
    const parts = new Map<string, Part>([
      ["kills", { about: "a process is killed.", sizes: { ci: 1, night: 2 }, trials }],
    ]);
    const page = formatPage({ size: "night", commit: "abc1234", finished, parts });
    expect(page).toContain("commit abc1234. 2,002 attempts, 1 loss.");
    expect(page).toContain("- `kills` (1 min): a process is killed.");
    expect(page).toContain(formatTable(finished));
  });
});
