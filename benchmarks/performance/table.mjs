// A result file as a Markdown page. Everything in it follows from the file.

import { inverse, ourTime, peakMB, ratiosOf } from "./figures.mjs";
import { BARE } from "./rows.mjs";
import { median } from "./statistics.mjs";
import { verdicts } from "./verdicts.mjs";

const GAP = "–";
/** A load that much above our own threads is somebody else's. */
const BUSY = 1;
const TITLES = {
  sample: "sampling",
  full: "Full",
  bitfit: "BitFit",
  lora: "LoRA-R8",
  adaptformer: "AdaptFormer",
  vpt: "VPT-Deep",
  difffit: "DiffFit",
};

export function toMarkdown(result) {
  const steps = result.rows.filter(({ kind }) => kind === "step");
  const shapes = [...new Set(steps.map(({ shapeName }) => shapeName))];
  const sections = [
    "# Performance",
    heading(result),
    onDevice(result) ? HOW_TO_READ_DEVICES : HOW_TO_READ,
    ...shapes.flatMap((shapeName) =>
      shapeSections(
        inOrder(
          steps.filter((row) => row.shapeName === shapeName),
          result,
        ),
        result,
      ),
    ),
    ...partSections(result.rows.filter(({ kind }) => kind === "part")),
    ...targetSection(result),
    ...failureSection(result.rows),
  ];
  return `${sections.join("\n\n")}\n`;
}

const PAIRS = `Ratios are a rival's time over ours: above 1 we are faster. Each is the median of pairs, with the least and the largest in brackets; a pair is one
measurement of the rival and the mean of ours just before and just after it.`;

const HOW_TO_READ = `${PAIRS} A product rate is written as the share of it that our step reaches: time of the bare
products over time of the step. *Square*: one large product; *own*: the products that the step consists of, each alone.`;

const HOW_TO_READ_DEVICES = `${PAIRS} PyTorch is on the same GPU; its step ends when the GPU has ended it, ours when the loss, or
in sampling x, is back on the host. Ours computes in float32, as *pytorch* and *torch.compile* do; *tf32* rounds the factors of products, *bfloat16* is autocast. The GPU's memory was not measured.`;

/** Results of before there were devices name no engine. */
const onDevice = ({ engine = "cpu" }) => engine !== "cpu";

function heading({ machine, engine = "cpu", versions, threads, rounds, code, startedAt, rows }) {
  const adapter = rows.flatMap(({ about }) => about.ours).find((about) => about?.adapter)?.adapter;
  const torch = rows.flatMap(({ about }) => Object.values(about).flat()).find((about) => about.versions?.torch)
    ?.versions.torch;
  const commit =
    code.commit === null
      ? "an unknown commit"
      : `commit ${code.commit.slice(0, 7)}${code.clean ? "" : " with uncommitted changes"}`;
  const loads = rows.flatMap(({ chain }) => chain.map(({ load }) => load));
  return [
    ...(engine === "cpu" ? [] : [`Engine ${engine} on ${adapter ?? "an unknown GPU"}, beside`]),
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB; ${threads} threads, ${rounds} rounds; Node ${machine.node},`,
    `onnxruntime-node ${versions["onnxruntime-node"]}, ${torch ? `PyTorch ${torch}` : "without PyTorch"}; ${commit}, ${startedAt.slice(0, 10)}.`,
    loads.length > 0
      ? `Load of the machine while measuring: ${median(loads)} in the median, ${Math.max(...loads)} at most.`
      : "",
    loads.length > 0 && median(loads) > threads + BUSY
      ? "**Other work ran on the machine: PyTorch's threads suffer from that more than ours; measure again when it is quiet.**"
      : "",
  ]
    .join(" ")
    .trim();
}

function shapeSections(rows, result) {
  const { width, depth, tokens, batch } = rows[0].shape;
  const known = onDevice(result) ? Object.keys(result.settings.devicePeers) : result.settings.peers;
  const peers = known.filter((peer) => rows.some((row) => peer in row.rivals));
  const bare = Object.values(BARE).filter((name) => rows.some((row) => name in row.rivals));
  const columns = [
    "",
    "ms",
    ...(onDevice(result) ? ["images a second"] : []),
    ...peers.map((peer) => `${peer} / ours`),
    ...bare.map((name) => name.split(" ")[0]),
  ];
  const times = (clock) =>
    table(
      columns,
      rows.map((row) => [
        TITLES[row.method],
        number(ourTime(row, clock)),
        ...(onDevice(result) ? [number((1e3 * batch) / ourTime(row, clock))] : []),
        ...peers.map((peer) => ratioText(row, peer, clock)),
        ...bare.map((name) => ratioText(row, name, clock, percent)),
      ]),
    );
  const memory = table(
    [
      "",
      "trained",
      "GFLOP",
      "ours, MB",
      ...peers.map((peer) => `${peer}, MB`),
      "trace, s",
      "session, s",
      ...(peers.includes("torch.compile") ? ["torch.compile, s"] : []),
    ],
    rows.map((row) => [
      TITLES[row.method],
      String(row.about.ours[0].trainable),
      number(row.flops / 1e9),
      number(peakMB(row, "ours")),
      ...peers.map((peer) => (peakMB(row, peer) === null ? GAP : number(peakMB(row, peer)))),
      seconds(row.about.ours[0].trace_ms),
      seconds(row.about.ours[0].session_ms),
      ...(peers.includes("torch.compile")
        ? [row.about["torch.compile"] ? seconds(row.about["torch.compile"][0].compile_ms) : GAP]
        : []),
    ]),
  );
  const title = `## Width ${width}, depth ${depth}, ${tokens} tokens, batch ${batch}`;
  if (onDevice(result)) return [title, times("wall"), ...fullSection(rows, ["wall"])];
  return [
    title,
    `Wall time:`,
    times("wall"),
    `Processor time, all threads together:`,
    times("cpu"),
    `Memory at its peak, each process alone; and compiling:`,
    memory,
    ...fullSection(rows),
  ];
}

function fullSection(rows, clocks = ["wall", "cpu", "memory"]) {
  const row = rows.find(({ rivals }) => "full" in rivals);
  if (!row || row.failed.full) return [];
  const against = (clock) => rangeText(inverse(ratiosOf(row, "full", clock)), ratio);
  const told = {
    wall: () => `wall time ${against("wall")}`,
    cpu: () => `processor time ${against("cpu")}`,
    memory: () => `memory ${ratio(peakMB(row, "ours") / peakMB(row, "full"))}`,
  };
  return [`DiffFit over full fine-tuning: ${clocks.map((clock) => told[clock]()).join(", ")}.`];
}

function partSections(rows) {
  if (rows.length === 0) return [];
  const loop = rows.find(({ part }) => part === "loop");
  const body = rows.map((row) => {
    const wall = ourTime(row, "wall");
    const images = row.about.ours[0].images;
    return [
      PARTS[row.part],
      number(wall),
      number(ourTime(row, "cpu")),
      images ? number((1e3 * images) / wall) : GAP,
      number(peakMB(row, "ours")),
    ];
  });
  return [
    "## Parts of a run",
    "At the settings of recipe mini (batches of 32 images of 32 × 32):",
    table(["", "ms", "processor ms", "images a second", "peak MB"], body),
    ...(loop ? starving(rows, loop) : []),
  ];
}

const PARTS = {
  loop: "training loop of DiffFit, a step with its batch",
  batching: "a batch alone",
  "decoding-32": "decoding 64 JPEG files of 500 × 375 to 32 × 32",
  "decoding-256": "decoding 64 JPEG files of 500 × 375 to 256 × 256",
  sampler: "sampling 32 images, 20 guided DDIM steps",
  extractor: "features of a dataset",
  frechet: "Fréchet distance of 2048 dimensions",
};

function starving(rows, loop) {
  const [wall, cpu] = ["wall", "cpu"].map((clock) => ratiosOf(loop, "same batch", clock));
  const consumed = (1e3 * loop.about.ours[0].images) / ourTime(loop, "wall");
  const lines = [
    "Do batching and decoding starve the step?",
    ...(wall
      ? [
          `Steps that are all fed the same batch take ${rangeText(wall, ratio)} of the wall time, ${rangeText(cpu, ratio)} of the processor time,`,
          "of the loop that makes its batches.",
        ]
      : []),
    `The loop consumes ${number(consumed)} images a second.`,
  ];
  const decoders = rows.filter(({ part }) => part.startsWith("decoding"));
  for (const row of decoders) {
    const rate = (1e3 * row.about.ours[0].images) / ourTime(row, "wall");
    lines.push(
      `Decoding to ${row.part.split("-")[1]} gives ${number(rate)} images a second, ${ratio(rate / consumed)} of that.`,
    );
  }
  if (decoders.length > 0)
    lines.push("Files are decoded once, before the first step, and stay in memory: nothing is decoded while training.");
  return [lines.join(" ")];
}

function targetSection(result) {
  const found = onDevice(result) ? [] : verdicts(result); // the targets are the processor's
  if (found.length === 0) return [];
  return [
    "## Targets",
    table(
      ["what", "wanted", "found", ""],
      found.map(({ what, wanted, found, met }) => [what, wanted, found, met ? "met" : "**missed**"]),
    ),
  ];
}

function failureSection(rows) {
  const lines = rows.flatMap(({ id, failed }) =>
    Object.entries(failed).map(([name, why]) => `- ${id}, ${name}: ${why.replaceAll(/\s+/g, " ")}`),
  );
  return lines.length > 0 ? ["## Failed", lines.join("\n")] : [];
}

const ratioText = (row, rival, clock, format = ratio) => rangeText(ratiosOf(row, rival, clock), format);

function rangeText(range, format) {
  return range ? `${format(range.median)} [${format(range.low)}, ${format(range.high)}]` : GAP;
}

const inOrder = (rows, { settings }) =>
  [...rows].sort((a, b) => settings.methods.indexOf(a.method) - settings.methods.indexOf(b.method));

const ratio = (value) => value.toFixed(2);
const percent = (value) => `${Math.round(100 * value)} %`;
const seconds = (ms) => (ms / 1e3).toFixed(1);
/** Three digits or more. */
const number = (value) => (value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3))));

function table(head, body) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? ":--" : "--:"))), ...body.map(line)].join("\n");
}
