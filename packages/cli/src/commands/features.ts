// bench features: a folder's images as numbers.

import { dirname } from "node:path";
import { BenchError, checkRoom, isFeatureFile, writeFeatureFile } from "@dit-bench/runner";
import { leftOutCounts, leftOutLine } from "../left-out.ts";
import { progress, stderrTerminal } from "../progress.ts";
import { makeFolder } from "../settings.ts";
import { listenForSignals } from "../signals.ts";
import { type MeasuringOptions, measuring } from "./measuring.ts";

export async function features(folder: string, options: MeasuringOptions & { output: string }): Promise<void> {
  const { output } = options;
  if (!isFeatureFile(output))
    throw new BenchError("usage", `--output ${output}: wanted a name that ends in .npz or .safetensors`);
  makeFolder(dirname(output));
  const listener = progress(stderrTerminal(), listenForSignals());
  const extractor = measuring(options, listener);
  try {
    const set = await extractor.measure(folder, (images, dimension) => checkRoom(output, images, dimension));
    writeFeatureFile(output, set);
    listener.clear();
    const { count, dimension, about, leftOut = [] } = set;
    process.stderr.write(leftOutLine(folder, leftOut, count!));
    process.stdout.write(`${output}: ${count} images, ${dimension} features each, by ${about!.extractor}\n`);
    if (options.json)
      process.stdout.write(`${JSON.stringify({ output, count, dimension, ...about, ...leftOutCounts(leftOut) })}\n`);
  } finally {
    listener.clear();
    await extractor.dispose();
  }
}
