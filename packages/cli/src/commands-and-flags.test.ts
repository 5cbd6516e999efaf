// The commands and flags of `bench`, listed once more, so that none appears or disappears unnoticed.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { program } from "./main.ts";

describe("the command line", () => {
  it("has these commands and flags and no others", () => {
    const commands = program().commands.flatMap((c) =>
      c.commands.length === 0
        ? [[c.name(), c] as const]
        : c.commands.map((s) => [`${c.name()} ${s.name()}`, s] as const),
    );
    const flags = Object.fromEntries(commands.map(([name, c]) => [name, c.options.map((o) => o.long!.slice(2))]));
    const coding = ["weights", "scale", "tile", "engine", "threads", "json", "output"];
    const measuring = ["extractor", "weights", "tap", "resize", "strict", "engine", "threads", "json"];
    const training = ["recipe", "out", "set", "plugin", "strict", "engine", "keep-state", "json"];
    expect(flags).toEqual({
      run: ["method", "dataset", "data", "name", "seed", ...training, "threads", "dry-run"],
      grid: ["methods", "datasets", "data", "name", "seeds", ...training, "jobs", "time-limit"],
      table: ["recipe", "from", "out", "json"],
      list: ["model", "classes", "recipe", "plugin", "out", "json"],
      "list-weights": ["key", "json"],
      sample: [
        ...["run", "weights", "output", "overwrite", "classes", "count", "steps", "guidance", "seed", "autoencoder"],
        ...["recipe", "key", "no-null-class", "plugin", "heads", "engine", "threads", "json"],
      ],
      predict: [
        ...["weights", "inputs", "output", "heads", "key", "no-null-class", "forward", "engine", "threads", "json"],
      ],
      features: ["output", ...measuring],
      fid: [...measuring, "resamples"],
      "vae encode": [...coding, "size", "sample", "seed", "strict"],
      "vae decode": [...coding, "overwrite"],
      pretrain: ["recipe", "out", "part", "to", "engine", "threads"],
      fetch: ["dry-run", "to", "json"],
      doctor: ["json"],
    });
  });
});

describe("commands", () => {
  it("print through print.ts, which escapes control characters", () => {
    const folder = fileURLToPath(new URL("commands/", import.meta.url));
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".ts"));
    expect(files.length).toBeGreaterThan(10);
    for (const file of files)
      expect(readFileSync(folder + file, "utf8"), file).not.toMatch(/std(out|err)\.write|console\./);
  });
});
