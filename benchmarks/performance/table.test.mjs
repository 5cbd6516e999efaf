// Tests the page and the verdicts of a small invented result, and readResultFile with committed files.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readResultFile } from "./result-file.mjs";
import { rowsOf } from "./rows.mjs";
import { toMarkdown } from "./table.mjs";
import { verdicts } from "./verdicts.mjs";

/** @import { Result, Settings } from "./types.ts" */

/** @type {Settings} */
const settings = JSON.parse(readFileSync(new URL("settings.json", import.meta.url), "utf8"));

/**
 * A result of one round. CPU time is twice the wall time.
 *
 * @param {Record<string, any>} times by method: milliseconds by process, and the reasons of failures
 * @param {Record<string, any>} [parts] by part: the same values
 * @param {{ engine?: "cpu" | "webgpu", peers?: string[] }} [options]
 * @returns {Result}
 */
function result(times, parts = {}, { engine = "cpu", peers = ["pytorch", "torch.compile"] } = {}) {
  const chosen = {
    engine,
    shapes: ["384x12"],
    methods: Object.keys(times),
    peers,
    parts: Object.keys(parts),
    threads: 2,
  };
  const rows = rowsOf(settings, chosen).map(({ ours: _, baselines, ...row }) => {
    const ms = times[row.method ?? ""] ?? parts[row.part ?? ""];
    const measurement = (/** @type {string} */ who) => ({
      ...{ who, load: 0.5, wall_ms: [ms[who]], cpu_ms: 2 * ms[who], peak_mb: ms.peak_mb ?? 100 },
    });
    const about = {
      trainable: 7,
      trace_ms: 1200,
      session_ms: 300,
      compile_ms: 9000,
      images: 32,
      versions: { torch: "2.13.0" },
      ...(engine === "cpu" ? {} : { adapter: "a GPU" }),
    };
    return {
      ...row,
      baselines: Object.fromEntries(Object.entries(baselines).map(([name, { scale }]) => [name, { scale }])),
      chain: [
        measurement("ours"),
        ...Object.keys(baselines).flatMap((name) => (name in ms ? [measurement(name), measurement("ours")] : [])),
      ],
      about: { ours: [about], pytorch: [about], "torch.compile": [about] },
      failed: ms.failed ?? {},
    };
  });
  return {
    schema: 2,
    engine,
    machine: { cpu: "a CPU", cores: 2, memoryGB: 25.3, node: "20.20.2" },
    code: { commit: "0123456789", clean: true },
    versions: { "onnxruntime-node": "1.30.0" },
    threads: 2,
    rounds: 1,
    seconds: 1,
    steps: 2,
    startedAt: "2026-11-23T05:00:00Z",
    settings,
    rows,
  };
}

const square = 80; // ms of one GEMM of 2048³
const exampleResult = result({
  sample: { ours: 100, pytorch: 150, "torch.compile": 125, "square GEMM": square, "own GEMMs": 90 },
  difffit: {
    ours: 300,
    pytorch: 330,
    "torch.compile": 294,
    "square GEMM": square,
    full: 500,
    failed: { "own GEMMs": "ended | with code 1" },
  },
});

describe("toMarkdown", () => {
  const page = toMarkdown(exampleResult);

  it("names the machine, the versions and the commit", () => {
    expect(page).toContain("a CPU, 2 cores, 25.3 GB; 2 threads, 1 rounds; Node 20.20.2,");
    expect(page).toContain("onnxruntime-node 1.30.0, PyTorch 2.13.0; commit 0123456, 2026-11-23.");
    expect(page).toContain("## Width 384, depth 12, 256 tokens, batch 8");
  });

  it("warns where other programs loaded the machine", () => {
    expect(page).not.toContain("Other work ran");
    const rows = exampleResult.rows.map((row) => ({ ...row, chain: row.chain.map((m) => ({ ...m, load: 3.5 })) }));
    expect(toMarkdown({ ...exampleResult, rows })).toContain("**Other work ran on the machine");
  });

  it("has a line for each method with its time, its ratios and its shares of the GEMM throughput", () => {
    const flops = (exampleResult.rows[0].flops ?? 0) / 2 / 2048 ** 3;
    const share = `${Math.round((100 * flops * square) / 100)} %`;
    expect(page).toContain(
      `| sampling | 100 | 1.50 [1.50, 1.50] | 1.25 [1.25, 1.25] | ${share} [${share}, ${share}] | 90 % [90 %, 90 %] |`,
    );
    expect(page).toMatch(/\| DiffFit \| 300 \| 1\.10 \[.*\| – \|\n/);
  });

  it("compares DiffFit with full fine-tuning, and lists the baselines that failed", () => {
    expect(page).toContain(
      "DiffFit over full fine-tuning: wall time 0.60 [0.60, 0.60], CPU time 0.60 [0.60, 0.60], memory 1.00.",
    );
    expect(page).toContain("- 384x12 difffit, own GEMMs: ended | with code 1");
  });

  it("makes the same page from a result that was written to JSON and read again", () => {
    expect(toMarkdown(JSON.parse(JSON.stringify(exampleResult)))).toBe(page);
  });

  it("reports whether making batches slows the training loop", () => {
    const page = toMarkdown(result({}, { loop: { ours: 100, "same batch": 97 }, "decoding-32": { ours: 16 } }));
    expect(page).toContain("take 0.97 [0.97, 0.97] of the loop's wall time");
    expect(page).toContain("Decoding to 32 gives 2000 images a second, 6.25 times that.");
    expect(page).toContain("| step on a fixed batch / step that makes its batch | ≥ 0.95 | 0.97 | met |");
  });
});

describe("toMarkdown of a GPU result", () => {
  const peers = ["pytorch", "pytorch-bfloat16"];
  const times = { difffit: { ours: 40, pytorch: 30, "pytorch-bfloat16": 10, full: 80 } };
  const page = toMarkdown(result(times, {}, { engine: "webgpu", peers }));

  it("names the engine and the card, and has images a second beside the ratios", () => {
    expect(page).toContain("Engine webgpu on a GPU, beside a CPU, 2 cores");
    expect(page).toContain("|  | ms | images a second | pytorch / ours | pytorch-bfloat16 / ours |");
    expect(page).toContain("| DiffFit | 40 | 200 | 0.75 [0.75, 0.75] | 0.25 [0.25, 0.25] |");
    expect(page).toContain("DiffFit over full fine-tuning: wall time 0.50 [0.50, 0.50].");
  });

  it("leaves out GEMM throughput, memory and targets, which are given for the CPU only", () => {
    for (const word of ["square", "CPU time", "MB", "## Targets"]) expect(page).not.toContain(word);
  });
});

describe("verdicts", () => {
  it("judges by the faster peer, the share of the square GEMM's throughput, and DiffFit over full fine-tuning", () => {
    const verdictOf = Object.fromEntries(verdicts(exampleResult).map(({ what, value, met }) => [what, [value, met]]));
    expect(verdictOf["384x12 sample: the fastest PyTorch / ours"]).toEqual(["1.25", true]);
    expect(verdictOf["384x12 difffit: the fastest PyTorch / ours"]).toEqual(["0.98", false]);
    expect(verdictOf["384x12 difffit / full: time"]).toEqual(["0.60", true]);
    expect(verdictOf["384x12 difffit / full: memory"]).toEqual(["1.00", false]);
    expect(Object.keys(verdictOf)).toContain("384x12 sample: share of the square GEMM's throughput");
  });
});

describe("readResultFile", () => {
  const folder = fileURLToPath(new URL("../../results/performance/", import.meta.url));
  const files = readdirSync(folder).filter((f) => f.endsWith(".json"));

  it.each(files)("reads results/performance/%s and makes the committed page from it", (file) => {
    expect(toMarkdown(readResultFile(folder + file))).toBe(readFileSync(folder + file.replace("json", "md"), "utf8"));
  });

  it("rejects a file of an unknown schema", () => {
    const file = join(mkdtempSync(join(tmpdir(), "dit-bench-result-")), "result.json");
    writeFileSync(file, JSON.stringify({ schema: 3 }));
    expect(() => readResultFile(file)).toThrow(`${file} has schema 3, expected 1 or 2`);
    rmSync(dirname(file), { recursive: true });
  });
});
