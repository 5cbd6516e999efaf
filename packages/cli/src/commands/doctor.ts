// `bench doctor`: what works on this machine, and how to get what does not.

import { accessSync, constants } from "node:fs";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { createEngine, describeEngines } from "@dit-bench/compiler";
import { formatBytes } from "@dit-bench/fetch";
import { chartProblem } from "@dit-bench/report";
import {
  fetchables,
  findWeights,
  gemmThroughput,
  loadRecipe,
  misplaced,
  namedWeights,
  planFetch,
  recipeNames,
} from "@dit-bench/runner";
import { quantity } from "@dit-bench/text";
import type { DoctorOptions } from "../declarations/doctor.ts";
import { print, printJson } from "../print.ts";
import { hangText, screenWidth } from "../text-layout.ts";
import { describeSize } from "./fetch.ts";

interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  /** Advice if it does not work. */
  readonly how?: string;
}

export async function doctor({ json }: DoctorOptions): Promise<void> {
  const findings: Finding[] = [
    checkNode(),
    describeCpu(),
    await measureGemm(),
    ...(await checkEngines()),
    await checkImages(),
    await checkCharts(),
    checkFolder(),
    ...checkRecipes(),
    ...(await checkFetched()),
  ];
  if (json) {
    printJson(findings);
    return;
  }
  print(`${findings.flatMap(linesOf(findings)).join("\n")}\n`);
}

/** Formats a finding. The advice follows on the same line if it fits, and on the lines below if it does not. */
function linesOf(findings: readonly Finding[]): (finding: Finding) => string[] {
  const width = Math.max(...findings.map(({ what }) => what.length));
  return ({ what, ok, found, how }) => {
    const head = `${ok ? "ok" : "--"}  ${what.padEnd(width)}  `;
    if (how === undefined) return hangText(head, found);
    const line = `${head}${found}; ${how}`;
    return line.length <= screenWidth()
      ? [line]
      : [...hangText(head, found), ...hangText(" ".repeat(head.length), how)];
  };
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return { what: "Node", ok, found: process.versions.node, ...(ok ? {} : { how: "install Node 20.19 or later" }) };
}

function describeCpu(): Finding {
  return {
    what: "CPU",
    ok: true,
    found:
      `${cpus()[0]?.model.trim() || "unknown CPU"}, ${quantity(availableParallelism(), "core")}, ` +
      `${formatBytes(freemem())} of ${formatBytes(totalmem())} memory free`,
  };
}

/** Measures the GEMM throughput, the upper bound for the speed of every step on this CPU. */
async function measureGemm(): Promise<Finding> {
  try {
    const engine = await createEngine("cpu");
    const rate = await gemmThroughput(engine);
    return {
      what: "GEMM throughput",
      ok: true,
      found: `${(rate / 1e9).toFixed(0)} GFLOP/s on ${quantity(engine.threads, "thread")}`,
    };
  } catch (error) {
    return {
      what: "GEMM throughput",
      ok: false,
      found: (error as Error).message,
      how: `the cpu engine needs ONNX Runtime: ${reinstall}`,
    };
  }
}

/** A missing package: of a clone, or of the published program. */
const reinstall = "run 'npm ci' in a clone, or install dit-bench again";

async function checkEngines(): Promise<Finding[]> {
  return (await describeEngines()).map(({ name, available, reason, how }) => ({
    what: `engine ${name}`,
    ok: available,
    found: reason,
    ...(how && !available ? { how } : {}),
  }));
}

async function checkImages(): Promise<Finding> {
  try {
    const { default: sharp } = await import("sharp");
    return { what: "image decoding", ok: true, found: `sharp with libvips ${sharp.versions.vips}` };
  } catch (error) {
    return {
      what: "image decoding",
      ok: false,
      found: (error as Error).message,
      how: `--data and contact sheets need it, on a platform that sharp supports: ${reinstall}`,
    };
  }
}

async function checkCharts(): Promise<Finding> {
  const problem = await chartProblem();
  if (problem === undefined) return { what: "charts", ok: true, found: "chart.js works" };
  return { what: "charts", ok: false, found: problem, how: reinstall };
}

/** Checks for each recipe whether all weights that it needs are present. */
function checkRecipes(): Finding[] {
  return recipeNames().map((name) => {
    const recipe = loadRecipe(name);
    const needed = namedWeights(recipe).map((file) => {
      const path = findWeights(recipe, file.name);
      return { ...file, here: path !== undefined && path !== misplaced(file.name)?.path };
    });
    const missing = needed.filter(({ here }) => !here);
    const list = (files: typeof needed) => files.map(({ what, name: file }) => `${what} ${file}`).join(", ");
    if (missing.length === 0) return { what: `recipe ${name}`, ok: true, found: `has its ${list(needed)}` };
    const fetchable = missing.filter(({ name: file }) => fetchables().some((known) => known.name === file));
    const command = `bench fetch ${fetchable.map(({ name: file }) => file).join(" ")}`;
    const how = [
      ...(fetchable.length > 0 ? [`get ${fetchable.length > 1 ? "them" : "it"} with '${command}'`] : []),
      ...missing.filter((file) => !fetchable.includes(file)).map(({ remedy }) => remedy),
    ];
    return { what: `recipe ${name}`, ok: false, found: `lacks its ${list(missing)}`, how: how.join("; ") };
  });
}

/** The weights and datasets that `bench fetch` knows, with their paths. `checkEngines` reports the engines. */
async function checkFetched(): Promise<Finding[]> {
  const plans = await Promise.all(
    fetchables()
      .filter(({ kind }) => kind !== "engine")
      .map((what) => planFetch(what)),
  );
  return plans.map((plan) => {
    const what = `${plan.kind} ${plan.name}`;
    if (plan.here) return { what, ok: true, found: plan.path };
    const { gone } = plan.files.find((file) => file.gone && file.hereBytes === 0) ?? {};
    const how = gone
      ? "its host is gone: docs/datasets.md describes how to add it by hand"
      : `get it with 'bench fetch ${plan.name}'`;
    return { what, ok: false, found: plan.misplaced ?? `not here (${describeSize(plan)})`, how };
  });
}

function checkFolder(): Finding {
  try {
    accessSync(process.cwd(), constants.W_OK);
    return { what: "this folder", ok: true, found: "can be written to" };
  } catch {
    return {
      what: "this folder",
      ok: false,
      found: "cannot be written to",
      how: "choose another place for runs with --out",
    };
  }
}
