// Formats a result as a Markdown page. The page depends on the result only.

import { inverse, ourTime, peakMB, ratiosOf } from "./figures.mjs";
import { GEMM } from "./rows.mjs";
import { median } from "./statistics.mjs";
import { verdicts } from "./verdicts.mjs";

/** @import { Clock, Result, ResultRow } from "./types.ts" */
/** @import { Spread } from "./statistics.mjs" */
/** @import { StepRow } from "./verdicts.mjs" */

const GAP = "–";
/** If the load exceeds our number of threads by more than this, other programs use the machine. */
const BUSY = 1;
/** @type {Record<string, string>} */
const METHOD_TITLES = {
  sample: "sampling",
  full: "Full",
  bitfit: "BitFit",
  lora: "LoRA-R8",
  adaptformer: "AdaptFormer",
  vpt: "VPT-Deep",
  difffit: "DiffFit",
};

/** @param {Result} result */
export function toMarkdown(result) {
  const steps = /** @type {StepRow[]} */ (result.rows.filter(({ kind }) => kind === "step"));
  const shapes = [...new Set(steps.map(({ shapeName }) => shapeName))];
  const { methods } = result.settings;
  const sections = [
    "# Performance",
    heading(result),
    ranOnDevice(result) ? HOW_TO_READ_DEVICES : HOW_TO_READ,
    ...shapes.flatMap((shapeName) => {
      const rows = steps.filter((row) => row.shapeName === shapeName);
      rows.sort((a, b) => methods.indexOf(a.method) - methods.indexOf(b.method));
      return shapeSections(rows, result);
    }),
    ...partSections(result.rows.filter(({ kind }) => kind === "part")),
    ...targetSection(result),
    ...failureSection(result.rows),
  ];
  return `${sections.join("\n\n")}\n`;
}

const PAIRS = `A ratio is a baseline's time over ours: above 1 we are faster. Each is the median of pairs, with the
least and the largest in brackets. A pair is one measurement of the baseline and the mean of ours just before and just
after it.`;

const HOW_TO_READ = `${PAIRS} GEMM throughput is given as the share that our step reaches: the time of the bare GEMMs
over that of the step. *Square*: one large GEMM; *own*: the GEMMs that the step consists of, each alone.`;

const HOW_TO_READ_DEVICES = `${PAIRS} PyTorch runs on the same GPU. Its step ends when the GPU has finished it,
ours when the loss (in sampling, x) is back on the host. Ours computes in float32, as *pytorch* and *torch.compile* do.
*tf32* rounds the operands of GEMMs, *bfloat16* is autocast. The GPU's memory was not measured.`;

/**
 * Results older than the GPU engines have no `engine`: they were measured on the CPU.
 *
 * @param {Pick<Result, "engine">} result
 */
const ranOnDevice = ({ engine = "cpu" }) => engine !== "cpu";

/** @param {Result} result */
function heading({ machine, engine = "cpu", versions, threads, rounds, code, startedAt, rows }) {
  const adapter = rows.flatMap(({ about }) => about.ours).find((about) => about?.adapter)?.adapter;
  const torch = rows.flatMap(({ about }) => Object.values(about).flat()).find((about) => about.versions?.torch)
    ?.versions?.torch;
  const commit =
    code.commit === null
      ? "an unknown commit"
      : `commit ${code.commit.slice(0, 7)}${code.clean ? "" : " with uncommitted changes"}`;
  const loads = rows.flatMap(({ chain }) => chain.map(({ load }) => load ?? 0));
  return [
    ...(engine === "cpu" ? [] : [`Engine ${engine} on ${adapter ?? "an unknown GPU"}, beside`]),
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB;`,
    `${threads} threads, ${rounds} rounds; Node ${machine.node},`,
    `onnxruntime-node ${versions["onnxruntime-node"]}, ${torch ? `PyTorch ${torch}` : "without PyTorch"};`,
    `${commit}, ${startedAt.slice(0, 10)}.`,
    loads.length > 0
      ? `Load of the machine while measuring: median ${median(loads)}, maximum ${Math.max(...loads)}.`
      : "",
    loads.length > 0 && median(loads) > threads + BUSY
      ? "**Other work ran on the machine. It slows PyTorch's threads more than ours: measure again when it is quiet.**"
      : "",
  ]
    .join(" ")
    .trim();
}

/**
 * @param {StepRow[]} rows of one shape
 * @param {Result} result
 */
function shapeSections(rows, result) {
  const { width, depth, tokens, batch } = rows[0].shape;
  const known = ranOnDevice(result) ? Object.keys(result.settings.devicePeers) : result.settings.peers;
  const peers = known.filter((peer) => rows.some((row) => peer in row.baselines));
  const gemms = Object.values(GEMM).filter((name) => rows.some((row) => name in row.baselines));
  const columns = [
    "",
    "ms",
    ...(ranOnDevice(result) ? ["images a second"] : []),
    ...peers.map((peer) => `${peer} / ours`),
    ...gemms.map((name) => name.split(" ")[0]),
  ];
  const times = (/** @type {Clock} */ clock) =>
    formatTable(
      columns,
      rows.map((row) => [
        METHOD_TITLES[row.method],
        formatNumber(ourTime(row, clock)),
        ...(ranOnDevice(result) ? [formatNumber((1e3 * batch) / ourTime(row, clock))] : []),
        ...peers.map((peer) => ratioText(row, peer, clock)),
        ...gemms.map((name) => ratioText(row, name, clock, formatPercent)),
      ]),
    );
  const title = `## Width ${width}, depth ${depth}, ${tokens} tokens, batch ${batch}`;
  if (ranOnDevice(result)) return [title, times("wall"), ...fullSection(rows, ["wall"])];
  return [
    title,
    "Wall time:",
    times("wall"),
    "CPU time of all threads together:",
    times("cpu"),
    "Peak memory of each process alone, and compile times:",
    memoryTable(rows, peers),
    ...fullSection(rows, ["wall", "cpu", "memory"]),
  ];
}

/**
 * @param {StepRow[]} rows
 * @param {string[]} peers
 */
function memoryTable(rows, peers) {
  const withCompile = peers.includes("torch.compile");
  const memory = (/** @type {StepRow} */ row, /** @type {string} */ who) => {
    const peak = peakMB(row, who);
    return peak === null ? GAP : formatNumber(peak);
  };
  return formatTable(
    [
      "",
      "trained",
      "GFLOP",
      "ours, MB",
      ...peers.map((peer) => `${peer}, MB`),
      "trace, s",
      "session, s",
      ...(withCompile ? ["torch.compile, s"] : []),
    ],
    rows.map((row) => {
      const [ours] = row.about.ours;
      const compiled = row.about["torch.compile"]?.[0];
      return [
        METHOD_TITLES[row.method],
        String(ours.trainable),
        formatNumber((row.flops ?? 0) / 1e9),
        memory(row, "ours"),
        ...peers.map((peer) => memory(row, peer)),
        formatSeconds(ours.trace_ms),
        formatSeconds(ours.session_ms),
        ...(withCompile ? [compiled ? formatSeconds(compiled.compile_ms) : GAP] : []),
      ];
    }),
  );
}

/**
 * @param {StepRow[]} rows
 * @param {readonly (Clock | "memory")[]} quantities
 */
function fullSection(rows, quantities) {
  const row = rows.find(({ baselines }) => "full" in baselines);
  if (!row || row.failed.full) return [];
  const compareWithFull = (/** @type {Clock} */ clock) => rangeText(inverse(ratiosOf(row, "full", clock)), formatRatio);
  const text = {
    wall: () => `wall time ${compareWithFull("wall")}`,
    cpu: () => `CPU time ${compareWithFull("cpu")}`,
    memory: () => `memory ${formatRatio((peakMB(row, "ours") ?? Number.NaN) / (peakMB(row, "full") ?? Number.NaN))}`,
  };
  return [`DiffFit over full fine-tuning: ${quantities.map((quantity) => text[quantity]()).join(", ")}.`];
}

/** @param {ResultRow[]} rows */
function partSections(rows) {
  if (rows.length === 0) return [];
  const loop = rows.find(({ part }) => part === "loop");
  const body = rows.map((row) => {
    const wall = ourTime(row, "wall");
    const { images } = row.about.ours[0];
    return [
      PART_TITLES[row.part ?? ""],
      formatNumber(wall),
      formatNumber(ourTime(row, "cpu")),
      images ? formatNumber((1e3 * images) / wall) : GAP,
      formatNumber(peakMB(row, "ours") ?? Number.NaN),
    ];
  });
  return [
    "## Parts of a run",
    "At the settings of recipe mini (batches of 32 images of 32 × 32):",
    formatTable(["", "ms", "CPU ms", "images a second", "peak MB"], body),
    ...(loop ? inputSection(rows, loop) : []),
  ];
}

/** @type {Record<string, string>} */
const PART_TITLES = {
  loop: "training loop of DiffFit: a step and its batch",
  batching: "making a batch",
  "decoding-32": "decoding 64 JPEG files of 500 × 375 to 32 × 32",
  "decoding-256": "decoding 64 JPEG files of 500 × 375 to 256 × 256",
  sampler: "sampling 32 images, 20 guided DDIM steps",
  extractor: "features of a dataset",
  frechet: "Fréchet distance of 2048 dimensions",
};

/**
 * Answers whether making batches slows the training loop.
 *
 * @param {ResultRow[]} rows of parts
 * @param {ResultRow} loop
 */
function inputSection(rows, loop) {
  const [wall, cpu] = /** @type {const} */ (["wall", "cpu"]).map((clock) => ratiosOf(loop, "same batch", clock));
  const perSecond = (/** @type {ResultRow} */ row) => (1e3 * (row.about.ours[0].images ?? 0)) / ourTime(row, "wall");
  const consumed = perSecond(loop);
  const lines = [
    "Does making batches slow the training loop?",
    ...(wall
      ? [
          `Steps on one fixed batch take ${rangeText(wall, formatRatio)} of the loop's wall time`,
          `and ${rangeText(cpu, formatRatio)} of its CPU time.`,
        ]
      : []),
    `The loop consumes ${formatNumber(consumed)} images a second.`,
  ];
  const decoders = rows.filter(({ part }) => part?.startsWith("decoding"));
  for (const row of decoders) {
    const side = row.part?.split("-")[1];
    const rate = perSecond(row);
    lines.push(
      `Decoding to ${side} gives ${formatNumber(rate)} images a second, ${formatRatio(rate / consumed)} times that.`,
    );
  }
  if (decoders.length > 0)
    lines.push("Files are decoded once, before the first step, and stay in memory: nothing is decoded while training.");
  return [lines.join(" ")];
}

/** @param {Result} result */
function targetSection(result) {
  const list = ranOnDevice(result) ? [] : verdicts(result); // the targets hold for the CPU only
  if (list.length === 0) return [];
  return [
    "## Targets",
    formatTable(
      ["what", "target", "found", ""],
      list.map(({ what, target, value, met }) => [what, target, value, met ? "met" : "**missed**"]),
    ),
  ];
}

/** @param {readonly ResultRow[]} rows */
function failureSection(rows) {
  const lines = rows.flatMap(({ id, failed }) =>
    Object.entries(failed).map(([name, why]) => `- ${id}, ${name}: ${why.replaceAll(/\s+/g, " ")}`),
  );
  return lines.length > 0 ? ["## Failed", lines.join("\n")] : [];
}

/**
 * @param {ResultRow} row
 * @param {string} baseline
 * @param {Clock} clock
 * @param {(value: number) => string} [format]
 */
const ratioText = (row, baseline, clock, format = formatRatio) => rangeText(ratiosOf(row, baseline, clock), format);

/**
 * @param {Spread | null} range
 * @param {(value: number) => string} format
 */
function rangeText(range, format) {
  return range ? `${format(range.median)} [${format(range.low)}, ${format(range.high)}]` : GAP;
}

const formatRatio = (/** @type {number} */ value) => value.toFixed(2);
const formatPercent = (/** @type {number} */ value) => `${Math.round(100 * value)} %`;
const formatSeconds = (/** @type {number | undefined} */ ms) => (ms === undefined ? GAP : (ms / 1e3).toFixed(1));
/** Rounds to three significant digits, and from 100 on to a whole number. */
const formatNumber = (/** @type {number} */ value) =>
  value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));

/**
 * @param {string[]} head
 * @param {string[][]} body
 */
function formatTable(head, body) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? ":--" : "--:"))), ...body.map(line)].join("\n");
}
