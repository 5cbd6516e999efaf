// What bench run --dry-run prints.

import { freemem, totalmem } from "node:os";
import type { Engine } from "@dit-bench/compiler";
import { type Plan, reached, remediesOf } from "@dit-bench/runner";
import { duration } from "./progress.ts";

export function describePlan(plan: Plan, engine: Pick<Engine, "name" | "threads">): string {
  const { parameters, memory, files } = plan;
  const missing = files.filter(({ path }) => path === undefined);
  const width = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));
  const whats = width(files.map(({ what }) => what));
  const names = width(files.map(({ name }) => name));
  const fileLine = ({ what, name, bytes, path }: Plan["files"][number]) =>
    `    ${what.padEnd(whats)}  ${name.padEnd(names)}  ${(bytes === null ? "size not known" : size(bytes)).padEnd(14)}  ${path ?? "missing"}`;
  const most = Math.max(memory.training, memory.sampling);
  const total = Object.values(plan.seconds).reduce((a, b) => a + b, 0);
  const disk = Object.entries(plan.disk);
  const share = (100 * parameters.trainable) / parameters.model;
  return [
    `${plan.method} on ${plan.dataset}, protocol ${plan.protocol}. Nothing is done.`,
    "",
    "  files",
    ...files.map(fileLine),
    ...remediesOf(missing).map((remedy) => `    ${remedy}`),
    "",
    `  parameters  ${parameters.trainable.toLocaleString("en")} of ${parameters.model.toLocaleString("en")} train (${share < 10 ? share.toPrecision(2) : share.toFixed(0)} %), ${parameters.classEmbedding.toLocaleString("en")} of them the class embedding`,
    `  memory      about ${size(memory.training)} in training, ${size(memory.sampling)} in sampling; here ${size(freemem())} of ${size(totalmem())} are free`,
    ...(most > totalmem() ? ["              more than there is: take --set training.batch=… or another machine"] : []),
    `  disk        ${disk.map(([what, bytes]) => `${size(bytes)} ${what}`).join(", ")}`,
    `  time        about ${long(total)}`,
    ...Object.entries(plan.seconds).map(([stage, seconds]) => `              ${long(seconds)}  ${stage}`),
    `              counted from the steps' matrix products: one product was measured at ${(plan.productRate / 1e9).toFixed(0)} GFLOP/s on ${engine.threads} threads (${engine.name}) just now,`,
    `              of which training is taken to reach ${percent(reached.training)}, sampling ${percent(reached.sampling)}: good to a factor of two, while nothing else runs`,
    "",
  ].join("\n");
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** 2700611775 -> "2.7 GB" */
function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${(bytes / 1000 ** power).toPrecision(3)} ${units[power]}`;
}

const DAY = 86_400;

function long(seconds: number): string {
  return seconds < 2 * DAY ? duration(seconds) : `${Math.round(seconds / DAY).toLocaleString("en")} days`;
}
