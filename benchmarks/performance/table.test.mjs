// Tests the page and the verdicts of a small invented result, and readResultFile with committed files.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readResultFile } from "./result-file.mjs";
import { rowsOf, withoutSpecs } from "./rows.mjs";
import { toMarkdown } from "./table.mjs";
import { verdicts } from "./verdicts.mjs";

/** @import { Options, Result, Settings } from "./types.ts" */

/** @type {Settings} */
const settings = JSON.parse(readFileSync(new URL("settings.json", import.meta.url), "utf8"));

/**
 * A result of one round. CPU time is twice the wall time.
 *
 * @param {Record<string, any>} times by method: milliseconds by process, and the reasons of failures
 * @param {Record<string, any>} [parts] by part: the same values
 * @param {Partial<Options> & { peers?: string[] }} [options]
 * @returns {Result}
 */
function result(times, parts = {}, { engines = ["cpu"], peers = ["pytorch", "torch.compile"], before } = {}) {
  const chosen = {
    engines,
    before,
    shapes: ["384x12"],
    methods: Object.keys(times),
    peers,
    parts: Object.keys(parts),
    threads: 2,
  };
  const rows = rowsOf(settings, chosen).map(({ ours, baselines, ...row }) => {
    const ms = times[row.method ?? ""] ?? parts[row.part ?? ""];
    const measurement = (/** @type {string} */ who) => ({
      ...{ who, load: 0.5, wall_ms: [ms[who]], cpu_ms: 2 * ms[who], peak_mb: ms.peak_mb?.[who] ?? 100 },
    });
    const oursInTurn = Object.keys(ours).map(measurement);
    const about = {
      trainable: 7,
      trace_ms: 1200,
      session_ms: 300,
      compile_ms: 9000,
      images: 32,
      versions: { torch: "2.13.0" },
      ...(engines[0] === "webgpu" ? { adapter: "a GPU" } : {}),
    };
    return {
      ...row,
      ours: withoutSpecs(ours),
      baselines: withoutSpecs(baselines),
      chain: [
        ...oursInTurn,
        ...Object.keys(baselines).flatMap((name) => (name in ms ? [measurement(name), ...oursInTurn] : [])),
      ],
      about: Object.fromEntries([...Object.keys(ours), ...peers].map((name) => [name, [about]])),
      failed: ms.failed ?? {},
    };
  });
  return {
    schema: 3,
    engines,
    ...(before === undefined ? {} : { before: { commit: "fedcba9876", clean: true } }),
    machine: { cpu: "a CPU", cpuFeatures: ["avx2", "avx512"], cores: 2, memoryGB: 25.3, node: "20.20.2" },
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
  sample: { cpu: 100, pytorch: 150, "torch.compile": 125, "square GEMM on cpu": square, "own GEMMs on cpu": 90 },
  difffit: {
    cpu: 300,
    pytorch: 330,
    "torch.compile": 294,
    "square GEMM on cpu": square,
    "full on cpu": 500,
    failed: { "own GEMMs on cpu": "ended | with code 1" },
  },
});

describe("toMarkdown", () => {
  const page = toMarkdown(exampleResult);

  it("names the machine, the versions and the commit", () => {
    expect(page).toContain("a CPU (avx2 avx512), 2 cores, 25.3 GB; 2 threads, 1 rounds; Node 20.20.2,");
    expect(page).toContain("onnxruntime-node 1.30.0, PyTorch 2.13.0; commit 0123456, 2026-11-23.");
    expect(page).toContain("## Width 384, depth 12, 256 tokens, batch 8");
  });

  it("warns where other programs loaded the machine", () => {
    expect(page).not.toContain("Other work ran");
    const rows = exampleResult.rows.map((row) => ({ ...row, chain: row.chain.map((m) => ({ ...m, load: 3.5 })) }));
    expect(toMarkdown({ ...exampleResult, rows })).toContain("**Other work ran on the machine");
  });

  it("says how many cores everything else used, what was discarded, and warns of what was kept all the same", () => {
    const pageWith = (/** @type {object} */ first, /** @type {object} */ others) => {
      const rows = exampleResult.rows.map((row, r) => ({
        ...row,
        chain: row.chain.map((m, i) => ({ ...m, ...(r === 0 && i === 0 ? first : others) })),
      }));
      return toMarkdown({ ...exampleResult, rows });
    };
    const quiet = pageWith({ other_cores: 0.1, discarded: 2 }, { other_cores: 0.02 });
    expect(quiet).toContain("everything else on the machine used 0.02 cores in the median and 0.1 at most.");
    expect(quiet).toContain("2 measurements with more than 0.1 were discarded.");
    expect(quiet).not.toContain("Other work ran");
    expect(pageWith({ other_cores: 0.4, discarded: 5 }, { other_cores: 0.02 })).toMatch(
      /\*\*Other work ran during 1 of \d+ measurements\. It slows PyTorch's threads more than ours/,
    );
  });

  it("has a line for each method with its engine, precision, time, ratios and shares of the GEMM throughput", () => {
    const flops = (exampleResult.rows[0].flops ?? 0) / 2 / 2048 ** 3;
    const share = `${Math.round((100 * flops * square) / 100)} %`;
    expect(page).toContain(
      "|  | engine | precision | ms | pytorch (float32) / ours | torch.compile (float32) / ours | square | own |",
    );
    const ratios = `1.50 [1.50, 1.50] | 1.25 [1.25, 1.25] | ${share} [${share}, ${share}] | 90 % [90 %, 90 %]`;
    expect(page).toContain(`| sampling | cpu | float32 | 100 | ${ratios} |`);
    expect(page).toMatch(/\| DiffFit \| cpu \| float32 \| 300 \| 1\.10 \[.*\| – \|\n/);
  });

  it("compares DiffFit with full fine-tuning, and lists the baselines that failed", () => {
    expect(page).toContain(
      "DiffFit over full fine-tuning on cpu (float32): wall time 0.60 [0.60, 0.60], CPU time 0.60 [0.60, 0.60],",
    );
    expect(page).toContain("- 384x12 difffit, own GEMMs on cpu: ended | with code 1");
  });

  it("makes the same page from a result that was written to JSON and read again", () => {
    expect(toMarkdown(JSON.parse(JSON.stringify(exampleResult)))).toBe(page);
  });

  it("reports whether making batches slows the training loop", () => {
    const page = toMarkdown(result({}, { loop: { cpu: 100, "same batch on cpu": 97 }, "decoding-32": { cpu: 16 } }));
    expect(page).toContain("take 0.97 [0.97, 0.97] of the loop's wall time");
    expect(page).toContain("Decoding to 32 gives 2000 images a second, 6.25 times that.");
    expect(page).toContain("| step on a fixed batch / step that makes its batch | ≥ 0.95 | 0.97 | met |");
  });
});

describe("toMarkdown of a GPU result", () => {
  const peers = ["pytorch", "pytorch-bfloat16"];
  const times = { difffit: { webgpu: 40, pytorch: 30, "pytorch-bfloat16": 10, "full on webgpu": 80 } };
  const page = toMarkdown(result(times, {}, { engines: ["webgpu"], peers }));

  it("names the engine and the card, and has images a second beside the ratios", () => {
    expect(page).toContain("Engine webgpu on a GPU, beside a CPU (avx2 avx512), 2 cores");
    expect(page).toContain("| ms | images a second | pytorch (float32) / ours | pytorch-bfloat16 (bfloat16) / ours |");
    expect(page).toContain("| DiffFit | webgpu | float32 | 40 | 200 | 0.75 [0.75, 0.75] | 0.25 [0.25, 0.25] |");
    expect(page).toContain("DiffFit over full fine-tuning on webgpu (float32): wall time 0.50 [0.50, 0.50].");
  });

  it("leaves out GEMM throughput, memory and targets, which are given for the CPU only", () => {
    for (const word of ["square", "CPU time", "MB", "## Targets"]) expect(page).not.toContain(word);
  });
});

const engines = ["cpu", "openvino", "openvino+bfloat16"];
const peers = ["pytorch", "pytorch-bfloat16", "torch.compile", "torch.compile-bfloat16"];
const peerTimes = { pytorch: 130, "pytorch-bfloat16": 90, "torch.compile": 120, "torch.compile-bfloat16": 75 };
const severalEngines = result(
  {
    full: { ...{ cpu: 100, openvino: 90, "openvino+bfloat16": 80 }, ...peerTimes, before: 110 },
    lora: {
      ...{ cpu: 100, openvino: 100, "openvino+bfloat16": 60 },
      ...{ ...peerTimes, before: 106 },
      peak_mb: { cpu: 103, before: 100, openvino: 200 },
    },
  },
  {},
  { engines, peers, before: "older" },
);

describe("toMarkdown of several engines", () => {
  const page = toMarkdown(severalEngines);

  it("has a line for each engine, and the earlier build among the baselines", () => {
    expect(page).toContain("torch.compile-bfloat16 (bfloat16) / ours | before (float32) / ours |");
    for (const [engine, precision] of [...engines.slice(0, 2).map((e) => [e, "float32"]), [engines[2], "bfloat16"]])
      expect(page).toContain(`| LoRA-R8 | ${engine} | ${precision} | `);
    expect(page).toContain("earlier build of this program on its engine `cpu`: commit fedcba9.");
  });

  it("has the peak memory of each engine", () => {
    expect(page).toMatch(/\| LoRA-R8 \| openvino \| float32 \| 7 \| \d+ \| 200 \| 100 \|/);
  });

  it("names the fastest PyTorch of equal precision and of any, for each engine", () => {
    expect(page).toContain(
      "| 384x12 full | openvino | float32 | 1.33 torch.compile (float32) | 0.83 torch.compile-bfloat16 (bfloat16) |",
    );
    expect(page).toContain(
      "| 384x12 lora | openvino+bfloat16 | bfloat16 " +
        "| 1.25 torch.compile-bfloat16 (bfloat16) | 1.25 torch.compile-bfloat16 (bfloat16) |",
    );
  });
});

describe("verdicts", () => {
  it("judges each engine by the fastest PyTorch of the precision that its target names", () => {
    const found = verdicts(severalEngines).map(({ what, target, value, met }) => [what, target, value, met]);
    const equal = "the fastest PyTorch of equal precision, torch.compile (float32), / ours";
    const any = "the fastest PyTorch of any precision, torch.compile-bfloat16 (bfloat16), / ours";
    expect(found).toEqual(
      expect.arrayContaining([
        [`384x12 full, cpu (float32): ${equal}`, "≥ 1.00", "1.20", true],
        [`384x12 full, openvino (float32): ${equal}`, "≥ 1.00", "1.33", true],
        [`384x12 full, openvino+bfloat16 (bfloat16): ${any}`, "≥ 1.00", "0.94", false],
        [`384x12 lora, openvino+bfloat16 (bfloat16): ${any}`, "≥ 1.25", "1.25", true],
      ]),
    );
  });

  it("counts the steps that reach the limit for most steps, and half of them are not most", () => {
    const most = verdicts(severalEngines).filter(({ what }) => what.includes("most steps"));
    expect(most).toEqual([
      {
        what: "openvino (float32), most steps: the fastest PyTorch of equal precision / ours",
        target: "≥ 1.25 in more than half",
        value: "1 of 2",
        met: false,
      },
    ]);
  });

  it("judges time and memory of the engine cpu by the earlier build, with a higher limit for full", () => {
    const found = verdicts(severalEngines).filter(({ what }) => what.includes("earlier build"));
    expect(found.map(({ what, target, value, met }) => [what, target, value, met])).toEqual([
      ["384x12 full, cpu (float32): the earlier build's cpu (float32) / ours", "≥ 1.15", "1.10", false],
      ["384x12 full, cpu (float32): memory / the earlier build's cpu (float32)", "≤ 1.02", "1.00", true],
      ["384x12 lora, cpu (float32): the earlier build's cpu (float32) / ours", "≥ 1.05", "1.06", true],
      ["384x12 lora, cpu (float32): memory / the earlier build's cpu (float32)", "≤ 1.02", "1.03", false],
    ]);
  });

  it("compares the memory of the engine cpu after as many measurements as the earlier build had", () => {
    const rows = severalEngines.rows.map((row) => ({
      ...row,
      chain: [...row.chain, { who: "cpu", wall_ms: [100], cpu_ms: 200, peak_mb: 500 }],
    }));
    const found = verdicts({ ...severalEngines, rows }).find(({ what }) =>
      what.startsWith("384x12 full, cpu (float32): m"),
    );
    expect(found?.value).toBe("1.00");
  });

  it("judges by the faster peer, the share of the square GEMM's throughput, and DiffFit over full fine-tuning", () => {
    const verdictOf = Object.fromEntries(verdicts(exampleResult).map(({ what, value, met }) => [what, [value, met]]));
    const fastest = "the fastest PyTorch of equal precision, torch.compile (float32), / ours";
    expect(verdictOf[`384x12 sample, cpu (float32): ${fastest}`]).toEqual(["1.25", true]);
    expect(verdictOf[`384x12 difffit, cpu (float32): ${fastest}`]).toEqual(["0.98", false]);
    expect(verdictOf["384x12 difffit, cpu (float32) / full: time"]).toEqual(["0.60", true]);
    expect(verdictOf["384x12 difffit, cpu (float32) / full: memory"]).toEqual(["1.00", false]);
    expect(Object.keys(verdictOf)).toContain("384x12 sample, cpu (float32): share of the square GEMM's throughput");
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
    writeFileSync(file, JSON.stringify({ schema: 4 }));
    expect(() => readResultFile(file)).toThrow(`${file} has schema 4, expected 1, 2, 3: read it with the version`);
    rmSync(dirname(file), { recursive: true });
  });
});
