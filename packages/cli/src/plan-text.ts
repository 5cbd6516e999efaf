// The text of `bench run --dry-run`: files, parameters, memory, disk and time of a run.

import { freemem, totalmem } from "node:os";
import type { Engine } from "@dit-bench/compiler";
import { formatBytes } from "@dit-bench/fetch";
import { misplaced, type NeededFile, type Plan, remediesOf, throughputShare } from "@dit-bench/runner";
import { quantity } from "@dit-bench/text";
import { formatDuration } from "./progress.ts";
import { alignColumns, hangText, screenWidth } from "./text-layout.ts";

/** Returns the text of a plan. @param engine the engine on which the GEMM throughput of the plan was measured */
export function describePlan(plan: Plan, engine: Pick<Engine, "name" | "threads" | "adapter">): string {
  const { parameters, memory, files } = plan;
  const missing = files.filter(({ path }) => path === undefined);
  const share = (100 * parameters.trainable) / parameters.model;
  const peak = Math.max(memory.training, memory.sampling);
  const seconds = Object.entries(plan.seconds);
  const total = seconds.reduce((sum, [, s]) => sum + s, 0);
  const formatAmounts = (rows: string[][]) =>
    alignColumns(rows, new Set([0])).map((row) => `${" ".repeat(textColumn)}${row}`);
  return [
    ...hangText("", `${plan.method} on ${plan.dataset}, protocol ${plan.protocol}. Dry run: nothing is done.`),
    "",
    "  files",
    ...fileLines(files),
    ...remediesOf(missing).flatMap((remedy) => hangText("    ", remedy)),
    ...files.flatMap(describeProblem).flatMap((line) => hangText("    ", line)),
    "",
    ...formatItem(
      "parameters",
      `${parameters.trainable.toLocaleString("en")} of ${parameters.model.toLocaleString("en")} are trained ` +
        `(${share < 10 ? share.toPrecision(2) : share.toFixed(0)} %), ` +
        `${parameters.classEmbedding.toLocaleString("en")} of them in the class embedding`,
    ),
    ...heldOutLines(plan),
    ...formatItem(
      "memory",
      `about ${formatBytes(memory.training)} in training, ${formatBytes(memory.sampling)} in sampling; ` +
        `here ${formatBytes(freemem())} of ${formatBytes(totalmem())} are free`,
    ),
    ...(peak > totalmem()
      ? formatItem("", "more than this machine has: use a smaller --set training.batch, or another machine")
      : []),
    ...formatItem(
      "disk",
      `about ${formatBytes(Object.values(plan.disk).reduce((sum, bytes) => sum + bytes, 0))} in all`,
    ),
    ...formatAmounts(Object.entries(plan.disk).map(([what, bytes]) => [formatBytes(bytes), what])),
    ...formatItem("time", `about ${formatTime(total)} in all`),
    ...formatAmounts(seconds.map(([stage, s]) => [formatTime(s), stage])),
    ...formatItem(
      "",
      `estimated from the GEMMs of the steps. A GEMM just ran at ${(plan.gemmThroughput / 1e9).toFixed(0)} GFLOP/s ` +
        `on ${engine.adapter ?? quantity(engine.threads, "thread")} (${engine.name}); training is assumed to reach ` +
        `${formatPercent(throughputShare.training)} of that, sampling ${formatPercent(throughputShare.sampling)}. ` +
        "The real time differs by less than a factor of two, if nothing else runs on this machine",
    ),
    "",
  ].join("\n");
}

/** Returns the line about held-out images, if there are some. */
function heldOutLines({ heldOut }: Plan): string[] {
  if (heldOut === undefined) return [];
  const { share, images } = heldOut;
  return formatItem(
    "held out",
    `about ${Math.round(share * images).toLocaleString("en")} of ${quantity(images, "image")} (--held-out ${share}); ` +
      "the others are trained on",
  );
}

/** Returns the lines of the files. A path follows on the line of its file if it fits, and on the next line if not. */
function fileLines(files: readonly NeededFile[]): string[] {
  const heads = alignColumns(
    files.map(({ what, name, bytes }) => [what, name, bytes === null ? "size not known" : formatBytes(bytes)]),
    new Set([2]),
  );
  return files.flatMap(({ path }, i) => {
    const line = `    ${heads[i]}  ${path ?? "missing"}`;
    return path === undefined || line.length <= screenWidth() ? [line] : [`    ${heads[i]}`, `      ${path}`];
  });
}

/** Returns the reason for which a run would refuse an existing file, or nothing if the file is the published one. */
function describeProblem({ name, path }: NeededFile): string[] {
  const misplacedFile = misplaced(name);
  return misplacedFile && misplacedFile.path === path
    ? [`${misplacedFile.reason}; get it with 'bench fetch ${name}'`]
    : [];
}

/** Column where the text of an item begins. */
const textColumn = 14;

const formatItem = (what: string, text: string): string[] => hangText(`  ${what}`.padEnd(textColumn), text);

const formatPercent = (share: number): string => `${Math.round(100 * share)} %`;

const DAY = 86_400;

/** A duration as text, in days if it is two days or more. */
function formatTime(seconds: number): string {
  return seconds < 2 * DAY ? formatDuration(seconds) : `${Math.round(seconds / DAY).toLocaleString("en")} days`;
}
