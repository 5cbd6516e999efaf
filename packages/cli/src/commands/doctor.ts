// bench doctor: what works on this machine.

import { accessSync, constants } from "node:fs";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { createEngine, describeEngines } from "@dit-bench/compiler";
import { findWeights, loadRecipe, namedWeights, productRate, recipeNames } from "@dit-bench/runner";

interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do where it is not well. */
  readonly how?: string;
}

export async function doctor(options: { json?: boolean }): Promise<void> {
  const findings: Finding[] = [
    node(),
    processor(),
    await speed(),
    ...(await engines()),
    await images(),
    await charts(),
    ...weights(),
    writable(),
  ];
  if (options.json) {
    process.stdout.write(`${JSON.stringify(findings)}\n`);
    return;
  }
  const width = Math.max(...findings.map((f) => f.what.length));
  for (const { what, ok, found, how } of findings) {
    process.stdout.write(`${ok ? "ok  " : "--  "}${what.padEnd(width)}  ${found}\n`);
    if (how) process.stdout.write(`${" ".repeat(width + 6)}${how}\n`);
  }
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return { what: "Node", ok, found: process.versions.node, ...(ok ? {} : { how: "wanted 20.19 or later" }) };
}

function processor(): Finding {
  const gb = (bytes: number) => (bytes / 1e9).toFixed(1);
  return {
    what: "processor",
    ok: true,
    found: `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${gb(freemem())} of ${gb(totalmem())} GB memory free`,
  };
}

/** The ceiling of everything else. */
async function speed(): Promise<Finding> {
  try {
    const engine = await createEngine("cpu");
    const rate = await productRate(engine);
    return {
      what: "matrix product",
      ok: true,
      found: `${(rate / 1e9).toFixed(0)} GFLOP/s on ${engine.threads} threads`,
    };
  } catch (error) {
    return {
      what: "matrix product",
      ok: false,
      found: (error as Error).message,
      how: "ONNX Runtime is needed for the cpu engine: npm ci",
    };
  }
}

async function engines(): Promise<Finding[]> {
  return (await describeEngines()).map(({ name, available, reason, how }) => ({
    what: `engine ${name}`,
    ok: available,
    found: reason,
    ...(how && !available ? { how } : {}),
  }));
}

async function images(): Promise<Finding> {
  try {
    const { default: sharp } = await import("sharp");
    return { what: "image decoding", ok: true, found: `sharp with libvips ${sharp.versions.vips}` };
  } catch (error) {
    return {
      what: "image decoding",
      ok: false,
      found: (error as Error).message,
      how: "needed for --data and for sheets: npm ci, on a platform that sharp supports",
    };
  }
}

async function charts(): Promise<Finding> {
  try {
    const { ChartJSNodeCanvas } = await import("chartjs-node-canvas");
    new ChartJSNodeCanvas({ width: 8, height: 8 }).renderToBufferSync({ type: "scatter", data: { datasets: [] } });
    return { what: "charts", ok: true, found: "chart.js draws" };
  } catch (error) {
    return { what: "charts", ok: false, found: (error as Error).message, how: "needed for charts: npm ci" };
  }
}

/** Of each recipe; those of others' models are not needed before its first run. */
function weights(): Finding[] {
  return recipeNames().flatMap((name) => {
    const recipe = loadRecipe(name);
    return namedWeights(recipe).map(({ name: file, what, remedy }) => {
      const ok = findWeights(recipe, file) !== undefined;
      return {
        what: `recipe ${name}`,
        ok,
        found: `${what} ${file} is ${ok ? "here" : "missing"}`,
        ...(ok ? {} : { how: remedy }),
      };
    });
  });
}

function writable(): Finding {
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
