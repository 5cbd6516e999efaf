// Formats a result as a Markdown page. The page depends on the result only.

import { enginesOf, fastestPeer, inverse, label, ourTime, peakMB, ratiosOf } from "./figures.mjs";
import { DISTURBED_CORES, isDisturbed } from "./measure-row.mjs";
import { BEFORE, baselineOn, GEMM, GEMM_ENGINE, runsOnEngine } from "./rows.mjs";
import { median } from "./statistics.mjs";
import { verdicts } from "./verdicts.mjs";

/** @import { Against, Clock, CodeState, Result, ResultRow } from "./types.ts" */
/** @import { Spread } from "./statistics.mjs" */
/** @import { StepRow } from "./verdicts.mjs" */
/** @typedef {{ row: StepRow, engine: string }} StepOfEngine */

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
    howToRead(result),
    ...fastestSection(steps, result),
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

const SEVERAL_ENGINES = `An engine's precision is that of its GEMMs, as PyTorch's is: *bfloat16* of PyTorch is autocast.
Weights, sums and optimizer states are float32 in all of them. *Square* and *own* are measured on the engine
\`${GEMM_ENGINE}\`.`;

/** @param {Result} result */
function howToRead(result) {
  if (ranOnDevice(result)) return HOW_TO_READ_DEVICES;
  const before = result.before
    ? ` *${BEFORE}* is an earlier build of this program on its engine \`cpu\`: ${commitText(result.before)}.`
    : "";
  return `${HOW_TO_READ}${namesPrecision(result.rows) ? `\n${SEVERAL_ENGINES}` : ""}${before}`;
}

/** @param {Pick<Result, "engines" | "settings">} result */
const ranOnDevice = ({ engines, settings }) => settings.engines[engines[0]].on === "gpu";

/**
 * Results of schema 1 and 2 had one engine and named no precision: their pages have no columns for them.
 *
 * @param {readonly ResultRow[]} rows
 */
const namesPrecision = (rows) =>
  rows.some(({ ours }) => Object.values(ours).some(({ precision }) => precision !== undefined));

/** @param {CodeState} code */
const commitText = ({ commit, clean }) =>
  commit === null ? "an unknown commit" : `commit ${commit.slice(0, 7)}${clean ? "" : " with uncommitted changes"}`;

/** @param {Result} result */
function heading(result) {
  const { machine, engines, versions, threads, rounds, code, startedAt, rows } = result;
  const reports = rows.flatMap(({ about }) => Object.values(about).flat());
  const adapter = reports.find((about) => about?.adapter)?.adapter;
  const torch = reports.find((about) => about.versions?.torch)?.versions?.torch;
  const { openvino } = versions;
  return [
    ...(ranOnDevice(result) ? [`Engine ${engines[0]} on ${adapter ?? "an unknown GPU"}, beside`] : []),
    `${machine.cpu}${featuresText(machine.cpuFeatures)}, ${machine.cores} cores, ${machine.memoryGB} GB;`,
    `${threads} threads, ${rounds} rounds; Node ${machine.node},`,
    `onnxruntime-node ${versions["onnxruntime-node"]}, ${torch ? `PyTorch ${torch}` : "without PyTorch"};`,
    ...(openvino ? [`engine openvino: ${openvino};`] : []),
    `${commitText(code)}, ${startedAt.slice(0, 10)}.`,
    ...quietText(rows, threads),
  ]
    .join(" ")
    .trim();
}

/**
 * How quiet the machine was: the cores that everything else used, or its load in results that do not have them.
 *
 * @param {readonly ResultRow[]} rows
 * @param {number} threads
 */
function quietText(rows, threads) {
  const chain = rows.flatMap((row) => row.chain);
  const warning = (/** @type {string} */ what) =>
    `**${what} It slows PyTorch's threads more than ours: measure again when it is quiet.**`;
  const others = chain.flatMap(({ other_cores }) => other_cores ?? []);
  if (others.length > 0) {
    const discarded = chain.reduce((sum, measurement) => sum + (measurement.discarded ?? 0), 0);
    const disturbed = chain.filter(isDisturbed).length;
    return [
      "While measuring, everything else on the machine used",
      `${median(others)} cores in the median and ${Math.max(...others)} at most.`,
      ...(discarded > 0 ? [`${discarded} measurements with more than ${DISTURBED_CORES} were discarded.`] : []),
      ...(disturbed > 0 ? [warning(`Other work ran during ${disturbed} of ${chain.length} measurements.`)] : []),
    ];
  }
  const loads = chain.map(({ load }) => load ?? 0);
  if (loads.length === 0) return [];
  return [
    `Load of the machine while measuring: median ${median(loads)}, maximum ${Math.max(...loads)}.`,
    ...(median(loads) > threads + BUSY ? [warning("Other work ran on the machine.")] : []),
  ];
}

/** @param {readonly string[] | undefined} features */
function featuresText(features) {
  if (features === undefined) return "";
  return features.length > 0 ? ` (${features.join(" ")})` : " (without the features that speed up GEMMs)";
}

/**
 * The ratio of the fastest PyTorch for every step and engine: of the engine's precision, and of any.
 *
 * @param {StepRow[]} steps
 * @param {Result} result
 */
function fastestSection(steps, { settings: { peers, methods } }) {
  if (!namesPrecision(steps)) return [];
  const cell = (/** @type {StepOfEngine} */ { row, engine }, /** @type {Against} */ against) => {
    const fastest = fastestPeer(row, engine, peers, against);
    if (!fastest) return GAP;
    return `${formatRatio(fastest.ratio)} ${label(fastest.peer, row.baselines[fastest.peer].precision)}`;
  };
  const sorted = [...steps].sort(
    (a, b) => a.shape.width - b.shape.width || methods.indexOf(a.method) - methods.indexOf(b.method),
  );
  const body = stepsOfEngines(sorted)
    .map((step) => ({ step, cells: [cell(step, "equal precision"), cell(step, "any precision")] }))
    .filter(({ cells }) => cells.some((text) => text !== GAP))
    .map(({ step: { row, engine }, cells }) => [row.id, ...engineCells(row, engine), ...cells]);
  if (body.length === 0) return [];
  return [
    "## The fastest PyTorch",
    "Its wall time over ours:",
    formatTable(["", ...ENGINE_COLUMNS, "of equal precision", "of any precision"], body),
  ];
}

const ENGINE_COLUMNS = ["engine", "precision"];

/**
 * @param {ResultRow} row
 * @param {string} engine
 */
const engineCells = ({ ours }, engine) => {
  const { precision } = ours[engine];
  return precision === undefined ? [] : [engine, precision];
};

/**
 * @param {StepRow[]} rows
 * @returns {StepOfEngine[]}
 */
const stepsOfEngines = (rows) => rows.flatMap((row) => enginesOf(row).map((engine) => ({ row, engine })));

/**
 * The names of those baselines that were measured in one of the rows, each with its label.
 *
 * @param {readonly StepRow[]} rows
 * @param {readonly string[]} names
 */
const labelled = (rows, names) =>
  names.flatMap((name) => {
    const baseline = rows.find((row) => name in row.baselines)?.baselines[name];
    return baseline ? [{ name, title: label(name, baseline.precision) }] : [];
  });

/**
 * @param {StepRow[]} rows of one shape
 * @param {Result} result
 */
function shapeSections(rows, result) {
  const { width, depth, tokens, batch } = rows[0].shape;
  const { peers } = result.settings;
  const compared = labelled(rows, [...Object.keys(peers), BEFORE]);
  const gemms = Object.values(GEMM).filter((name) =>
    rows.some((row) => baselineOn(name, GEMM_ENGINE) in row.baselines),
  );
  const columns = [
    "",
    ...(namesPrecision(rows) ? ENGINE_COLUMNS : []),
    "ms",
    ...(ranOnDevice(result) ? ["images a second"] : []),
    ...compared.map(({ title }) => `${title} / ours`),
    ...gemms.map((name) => name.split(" ")[0]),
  ];
  const times = (/** @type {Clock} */ clock) =>
    formatTable(
      columns,
      stepsOfEngines(rows).map(({ row, engine }) => [
        METHOD_TITLES[row.method],
        ...engineCells(row, engine),
        formatNumber(ourTime(row, engine, clock)),
        ...(ranOnDevice(result) ? [formatNumber((1e3 * batch) / ourTime(row, engine, clock))] : []),
        ...compared.map(({ name }) => ratioText(row, engine, name, clock)),
        ...gemms.map((name) => ratioText(row, engine, baselineOn(name, GEMM_ENGINE), clock, formatPercent)),
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
    memoryTable(rows, compared, peers),
    ...fullSection(rows, ["wall", "cpu", "memory"]),
  ];
}

/**
 * @param {StepRow[]} rows
 * @param {{ name: string, title: string }[]} compared
 * @param {Result["settings"]["peers"]} peers
 */
function memoryTable(rows, compared, peers) {
  const compiledPeers = compared.filter(({ name }) => peers[name]?.compile);
  const memory = (/** @type {StepRow} */ row, /** @type {string} */ who) => {
    const peak = peakMB(row, who);
    return peak === null ? GAP : formatNumber(peak);
  };
  return formatTable(
    [
      "",
      ...(namesPrecision(rows) ? ENGINE_COLUMNS : []),
      "trained",
      "GFLOP",
      "ours, MB",
      ...compared.map(({ title }) => `${title}, MB`),
      "trace, s",
      "session, s",
      ...compiledPeers.map(({ title }) => `${title}, s`),
    ],
    stepsOfEngines(rows).map(({ row, engine }) => {
      const [ours] = row.about[engine];
      return [
        METHOD_TITLES[row.method],
        ...engineCells(row, engine),
        String(ours.trainable),
        formatNumber((row.flops ?? 0) / 1e9),
        memory(row, engine),
        ...compared.map(({ name }) => memory(row, name)),
        formatSeconds(ours.trace_ms),
        formatSeconds(ours.session_ms),
        ...compiledPeers.map(({ name }) => formatSeconds(row.about[name]?.[0].compile_ms)),
      ];
    }),
  );
}

/**
 * One line for each engine that DiffFit and full fine-tuning were measured on.
 *
 * @param {StepRow[]} rows
 * @param {readonly (Clock | "memory")[]} quantities
 */
function fullSection(rows, quantities) {
  return stepsOfEngines(rows).flatMap(({ row, engine }) => {
    const full = baselineOn("full", engine);
    if (!(full in row.baselines) || row.failed[full]) return [];
    const compareWithFull = (/** @type {Clock} */ clock) =>
      rangeText(inverse(ratiosOf(row, engine, full, clock)), formatRatio);
    const text = {
      wall: () => `wall time ${compareWithFull("wall")}`,
      cpu: () => `CPU time ${compareWithFull("cpu")}`,
      memory: () => `memory ${formatRatio((peakMB(row, engine) ?? Number.NaN) / (peakMB(row, full) ?? Number.NaN))}`,
    };
    const figures = quantities.map((quantity) => text[quantity]()).join(", ");
    return [`DiffFit over full fine-tuning${onEngine(row, engine)}: ${figures}.`];
  });
}

/**
 * Names the engine in a sentence, where the result names precisions.
 *
 * @param {ResultRow} row
 * @param {string} engine
 */
function onEngine({ ours }, engine) {
  const { precision } = ours[engine];
  return precision === undefined ? "" : ` on ${label(engine, precision)}`;
}

/** @param {ResultRow[]} rows */
function partSections(rows) {
  if (rows.length === 0) return [];
  const loop = rows.find(({ part }) => part === "loop");
  const body = rows.flatMap((row) =>
    enginesOf(row).map((engine) => {
      const wall = ourTime(row, engine, "wall");
      const { images } = row.about[engine][0];
      const cells = engineCells(row, engine);
      return [
        PART_TITLES[row.part ?? ""],
        ...(runsOnEngine(row.part ?? "") ? cells : cells.map(() => GAP)),
        formatNumber(wall),
        formatNumber(ourTime(row, engine, "cpu")),
        images ? formatNumber((1e3 * images) / wall) : GAP,
        formatNumber(peakMB(row, engine) ?? Number.NaN),
      ];
    }),
  );
  return [
    "## Parts of a run",
    "At the settings of recipe mini (batches of 32 images of 32 × 32):",
    formatTable(
      ["", ...(namesPrecision(rows) ? ENGINE_COLUMNS : []), "ms", "CPU ms", "images a second", "peak MB"],
      body,
    ),
    ...(loop ? enginesOf(loop).map((engine) => inputText(rows, loop, engine)) : []),
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
 * @param {string} engine
 */
function inputText(rows, loop, engine) {
  const [wall, cpu] = /** @type {const} */ (["wall", "cpu"]).map((clock) =>
    ratiosOf(loop, engine, baselineOn("same batch", engine), clock),
  );
  const perSecond = (/** @type {ResultRow} */ row, /** @type {string} */ engine) =>
    (1e3 * (row.about[engine][0].images ?? 0)) / ourTime(row, engine, "wall");
  const consumed = perSecond(loop, engine);
  const lines = [
    `Does making batches slow the training loop${onEngine(loop, engine)}?`,
    ...(wall
      ? [
          `Steps on one fixed batch take ${rangeText(wall, formatRatio)} of the loop's wall time`,
          `and ${rangeText(cpu, formatRatio)} of its CPU time.`,
        ]
      : []),
    `The loop consumes ${formatNumber(consumed)} images a second.`,
  ];
  const decoders = rows.filter((row) => row.part?.startsWith("decoding") && enginesOf(row).length > 0);
  for (const row of decoders) {
    const side = row.part?.split("-")[1];
    const rate = perSecond(row, enginesOf(row)[0]);
    lines.push(
      `Decoding to ${side} gives ${formatNumber(rate)} images a second, ${formatRatio(rate / consumed)} times that.`,
    );
  }
  if (decoders.length > 0)
    lines.push("Files are decoded once, before the first step, and stay in memory: nothing is decoded while training.");
  return lines.join(" ");
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
 * @param {string} engine
 * @param {string} baseline
 * @param {Clock} clock
 * @param {(value: number) => string} [format]
 */
const ratioText = (row, engine, baseline, clock, format = formatRatio) =>
  rangeText(ratiosOf(row, engine, baseline, clock), format);

/**
 * @param {Spread | null} range
 * @param {(value: number) => string} format
 */
function rangeText(range, format) {
  return range ? `${format(range.median)} [${format(range.low)}, ${format(range.high)}]` : GAP;
}

export const formatRatio = (/** @type {number} */ value) => value.toFixed(2);
const formatPercent = (/** @type {number} */ value) => `${Math.round(100 * value)} %`;
const formatSeconds = (/** @type {number | undefined} */ ms) => (ms === undefined ? GAP : (ms / 1e3).toFixed(1));
/** Rounds to three significant digits, and from 100 on to a whole number. */
export const formatNumber = (/** @type {number} */ value) =>
  value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));

/**
 * @param {string[]} head
 * @param {string[][]} body
 */
function formatTable(head, body) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? ":--" : "--:"))), ...body.map(line)].join("\n");
}
