// Rules of the house that no compiler checks.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findRecords } from "@dit-bench/record";
import { writeReport } from "@dit-bench/report";
import { builtinMethods } from "@dit-bench/runner";
import { describe, expect, it } from "vitest";
import { program } from "./main.ts";

const top = fileURLToPath(new URL("../../..", import.meta.url));

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
}
const manifest = (folder: string): Manifest => JSON.parse(readFileSync(join(top, folder, "package.json"), "utf8"));
const folders = (folder: string) =>
  readdirSync(join(top, folder)).filter((f) => existsSync(join(top, folder, f, "package.json")));

/** Who may import whom: arrows go one way. Development dependencies are free: tests may look anywhere. */
const arrows: Record<string, string[]> = {
  random: [],
  text: [],
  ops: [],
  files: ["text"],
  weights: ["files", "text"],
  fetch: ["files"],
  record: ["files", "text"],
  wasm: [],
  compiler: ["random", "wasm"],
  method: ["ops", "random", "text"],
  dit: ["method", "ops", "random"],
  autoencoder: ["ops"],
  diffusion: ["ops"],
  images: ["files", "text"],
  miniatures: ["random"],
  datasets: ["fetch", "files", "images", "text"],
  metrics: ["ops", "random", "wasm"],
  conformance: ["compiler", "dit", "method", "random"],
  runner: [
    "autoencoder",
    "compiler",
    "datasets",
    "diffusion",
    "dit",
    "fetch",
    "files",
    "images",
    "method",
    "method-*",
    "metrics",
    "miniatures",
    "random",
    "record",
    "report", // draws the sheets of images: it has the fonts and the canvas
    "text",
    "weights",
  ],
  report: ["files", "record", "text"],
  cli: ["compiler", "dit", "fetch", "files", "images", "method", "record", "report", "runner", "text", "weights"],
};

describe("the house", () => {
  const allowed = (name: string, rule: readonly string[]) =>
    rule.includes(name) || (name.startsWith("method-") && rule.includes("method-*"));
  const own = (m: Manifest) =>
    Object.keys(m.dependencies ?? {}).flatMap((d) => (d.startsWith("@dit-bench/") ? [d.slice(11)] : []));

  it.each(folders("packages"))("packages/%s imports only what it may", (name) => {
    expect(arrows[name], `packages/${name} has no arrows: add a line`).toBeDefined();
    for (const d of own(manifest(`packages/${name}`))) expect(allowed(d, arrows[name]!), `${name} -> ${d}`).toBe(true);
  });

  it.each(folders("packages/methods"))("packages/methods/%s imports the contract alone", (name) => {
    expect(own(manifest(`packages/methods/${name}`))).toEqual(["method"]);
  });

  it.each(folders("packages/methods"))(
    "packages/methods/%s is a dependency of the runner, and so a built-in method",
    (name) => {
      expect(
        builtinMethods,
        `add "@dit-bench/method-${name}" to the dependencies in packages/runner/package.json`,
      ).toContain(manifest(`packages/methods/${name}`).name);
    },
  );

  it("sources import no package that their manifest does not name", () => {
    for (const folder of [
      ...folders("packages").map((f) => `packages/${f}`),
      ...folders("packages/methods").map((f) => `packages/methods/${f}`),
    ]) {
      const m = JSON.parse(readFileSync(join(top, folder, "package.json"), "utf8"));
      for (const file of sources(join(top, folder, "src"))) {
        const named = {
          ...m.dependencies,
          ...m.peerDependencies,
          ...(/\.test\.|\/testing\//.test(file) ? { vitest: "", ...m.devDependencies, "fast-check": "" } : {}),
        };
        for (const [, specifier] of readFileSync(file, "utf8").matchAll(
          /^(?:import|export)[^"';]*?from "([^."][^"]*)"/gm,
        )) {
          const name = specifier!
            .split("/")
            .slice(0, specifier!.startsWith("@") ? 2 : 1)
            .join("/");
          if (!name.startsWith("node:")) expect(Object.keys(named), `${file} imports ${name}`).toContain(name);
        }
      }
    }
  });

  it("has at its top only what belongs there", () => {
    const wanted = [
      "LICENSE",
      "README.md",
      "benchmarks",
      "datasets.json",
      "docs",
      "examples",
      "package-lock.json",
      "package.json",
      "packages",
      "results",
      "tools",
      "tsconfig.json",
      "weights.json",
    ];
    const passing = ["node_modules", "runs"]; // made by installing and running, never committed
    const found = readdirSync(top).filter((f) => !f.startsWith(".") && !passing.includes(f));
    expect(found.sort()).toEqual(wanted.sort());
  });

  it("looks as the README's tree says, a phrase a line", () => {
    const readme = readFileSync(join(top, "README.md"), "utf8");
    const tree = /```tree\n([\s\S]*?)```/.exec(readme)?.[1];
    expect(tree, "the README has no block ```tree").toBeDefined();
    const described = new Set<string>();
    const parents: string[] = [];
    for (const line of tree!.trimEnd().split("\n")) {
      const [, indent, name, phrase] = /^( *)(\S+)(?: {2,}(.+))?$/.exec(line) ?? [];
      const depth = indent!.length / 2;
      parents.splice(depth, parents.length, name!.replace(/\/$/, ""));
      const path = parents.join("/");
      expect(existsSync(join(top, path)), `the README names ${path}`).toBe(true);
      expect(statSync(join(top, path)).isDirectory(), path).toBe(name!.endsWith("/"));
      expect(phrase?.length ?? 0, `${path} has no phrase`).toBeGreaterThan(8);
      described.add(path);
    }
    for (const f of folders("packages")) expect([...described], `packages/${f}`).toContain(`packages/${f}`);
    for (const f of ["benchmarks", "results", "docs", "examples", "tools", "datasets.json", "weights.json"])
      expect([...described]).toContain(f);
  });
});

describe("the published results", () => {
  const published = join(top, "results/mini");
  const read = (...path: string[]) => readFileSync(join(...path), "utf8");

  it("are 6 methods on 8 datasets with 3 seeds each, made by committed code", async () => {
    const records = (await findRecords(published)).records.map(({ record }) => record);
    const cells = records.map((r) => `${r.cell.method} ${r.cell.dataset} ${r.cell.seed}`);
    expect(new Set(cells).size).toBe(6 * 8 * 3);
    expect(records.length).toBe(6 * 8 * 3);
    expect(records.filter((r) => !r.code.clean || r.exit !== "finished")).toEqual([]);
  });

  it("have the tables and the chart that their records make", async () => {
    const again = mkdtempSync(join(tmpdir(), "dit-bench-results-"));
    const { records } = await findRecords(published);
    await writeReport(
      records.map(({ record }) => record),
      again,
    );
    // The PNG is left out: another processor may round a pixel's shade another way.
    for (const file of ["table.csv", "table.md", "chart.svg"])
      expect(read(again, file) === read(published, file), file).toBe(true);
    rmSync(again, { recursive: true });
  });

  it("stand in the README as they are", () => {
    const [table] = /^\|(?:.*\n\|)*.*/m.exec(read(published, "table.md"))!; // the first: methods and costs
    const readme = read(top, "README.md");
    expect(table.split("\n").length).toBe(2 + 7);
    expect(readme).toContain(`<!-- results/mini/table.md -->\n${table}\n`);
    for (const [, path] of readme.matchAll(/\]\((?!https?:)([^)#]+)/g))
      expect(existsSync(join(top, path!)), `the README links to ${path}`).toBe(true);
  });
});

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

describe("what commands print", () => {
  it("goes through print.ts, which escapes control characters", () => {
    for (const file of sources(join(top, "packages/cli/src/commands")))
      expect(readFileSync(file, "utf8"), file).not.toMatch(/std(out|err)\.write|console\./);
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((f) => f.endsWith(".ts"))
    .map((f) => join(folder, f));
}
