// bench features: a set of images as numbers.

import { dirname } from "node:path";
import { BenchError, checkRoom, openSet, writeFeatureFile } from "@dit-bench/runner";
import type { FeaturesOptions } from "../declarations/measuring.ts";
import { keepInputs } from "../keep-inputs.ts";
import { leftOutCounts, leftOutLine } from "../left-out.ts";
import { print, printJson, printNote } from "../print.ts";
import { progress, stderrTerminal } from "../progress.ts";
import { makeFolder } from "../settings.ts";
import { listenForSignals } from "../signals.ts";
import { measuring } from "./measuring.ts";

export async function features(images: string, options: FeaturesOptions): Promise<void> {
  const { output } = options;
  keepInputs(output, { images });
  const source = await openSet(images);
  if (source.kind === "features")
    throw new BenchError("usage", `${images}: it holds features, not images; bench fid takes it as it is`);
  makeFolder(dirname(output));
  const listener = progress(stderrTerminal(), listenForSignals());
  const extractor = measuring(options, listener);
  try {
    const set = await extractor.measure(source, (count, dimension) => checkRoom(output, count, dimension));
    writeFeatureFile(output, set);
    listener.clear();
    const { count, dimension, about, leftOut = [] } = set;
    printNote(leftOutLine(images, leftOut, count!));
    print(`${output}: ${count} images, ${dimension} features each, by ${about!.extractor}\n`);
    if (options.json) printJson({ output, count, dimension, ...about, ...leftOutCounts(leftOut) });
  } finally {
    listener.clear();
    await extractor.dispose();
  }
}
