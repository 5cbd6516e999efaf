// What bench run --dry-run prints.

import { freemem, totalmem } from "node:os";
import type { Engine } from "@dit-bench/compiler";
import { shownBytes } from "@dit-bench/fetch";
import { misplaced, type NeededFile, type Plan, reached, remediesOf } from "@dit-bench/runner";
import { quantity } from "@dit-bench/text";
import { alignColumns, hangText, screenWidth } from "./columns.ts";
import { formatDuration } from "./progress.ts";

export function describePlan(plan: Plan, engine: Pick<Engine, "name" | "threads">): string {
  const { parameters, memory, files } = plan;
  const missing = files.filter(({ path }) => path === undefined);
  const share = (100 * parameters.trainable) / parameters.model;
  const most = Math.max(memory.training, memory.sampling);
  const seconds = Object.entries(plan.seconds);
  const total = seconds.reduce((sum, [, s]) => sum + s, 0);
  const amounts = (rows: string[][]) => alignColumns(rows, new Set([0])).map((row) => `${" ".repeat(HEAD)}${row}`);
  return [
    ...hangText("", `${plan.method} on ${plan.dataset}, protocol ${plan.protocol}. Nothing is done.`),
    "",
    "  files",
    ...fileLines(files),
    ...remediesOf(missing).flatMap((remedy) => hangText("    ", remedy)),
    ...files.flatMap(wrong).flatMap((line) => hangText("    ", line)),
    "",
    ...said(
      "parameters",
      `${parameters.trainable.toLocaleString("en")} of ${parameters.model.toLocaleString("en")} train (${share < 10 ? share.toPrecision(2) : share.toFixed(0)} %), ${parameters.classEmbedding.toLocaleString("en")} of them the class embedding`,
    ),
    ...said(
      "memory",
      `about ${shownBytes(memory.training)} in training, ${shownBytes(memory.sampling)} in sampling; here ${shownBytes(freemem())} of ${shownBytes(totalmem())} are free`,
    ),
    ...(most > totalmem()
      ? said("", "more than this machine has: use a smaller --set training.batch, or another machine")
      : []),
    ...said("disk", `about ${shownBytes(Object.values(plan.disk).reduce((sum, bytes) => sum + bytes, 0))} in all`),
    ...amounts(Object.entries(plan.disk).map(([what, bytes]) => [shownBytes(bytes), what])),
    ...said("time", `about ${long(total)} in all`),
    ...amounts(seconds.map(([stage, s]) => [long(s), stage])),
    ...said(
      "",
      `counted from the steps' matrix multiplications: one was measured at ${(plan.productRate / 1e9).toFixed(0)} GFLOP/s on ${quantity(engine.threads, "thread")} (${engine.name}) just now; training is assumed to reach ${percent(reached.training)} of that, sampling ${percent(reached.sampling)}. Within a factor of two, if nothing else runs`,
    ),
    "",
  ].join("\n");
}

/** A path stands on the line of its file where there is room, else below it. */
function fileLines(files: readonly NeededFile[]): string[] {
  const heads = alignColumns(
    files.map(({ what, name, bytes }) => [what, name, bytes === null ? "size not known" : shownBytes(bytes)]),
    new Set([2]),
  );
  return files.flatMap(({ path }, i) => {
    const line = `    ${heads[i]}  ${path ?? "missing"}`;
    return path === undefined || line.length <= screenWidth() ? [line] : [`    ${heads[i]}`, `      ${path}`];
  });
}

/** What a run would refuse of a file that is here. */
function wrong({ name, path }: NeededFile): string[] {
  const other = misplaced(name);
  return other && other.path === path ? [`${other.reason}; get it with 'bench fetch ${name}'`] : [];
}

/** Where the text of a line begins. */
const HEAD = 14;
const said = (what: string, text: string): string[] => hangText(`  ${what}`.padEnd(HEAD), text);

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const DAY = 86_400;

function long(seconds: number): string {
  return seconds < 2 * DAY ? formatDuration(seconds) : `${Math.round(seconds / DAY).toLocaleString("en")} days`;
}
