// `bench features`: writes the features of a set of images to a file.

import { dirname } from "node:path";
import { BenchError, checkFileSize, openSet, writeFeatureFile } from "@dit-bench/runner";
import type { FeaturesOptions } from "../declarations/measuring.ts";
import { countLeftOut, describeLeftOut } from "../left-out.ts";
import { checkOutputFile, makeOutputFolder, protectInputs } from "../outputs.ts";
import { print, printJson, printNote } from "../print.ts";
import { showProgress, stderrTerminal } from "../progress.ts";
import { listenForSignals } from "../signals.ts";
import { createMeasurer } from "./measurer.ts";

export async function features(images: string, options: FeaturesOptions): Promise<void> {
  const { output } = options;
  protectInputs(output, { images });
  checkOutputFile(output);
  const source = await openSet(images);
  if (source.kind === "features")
    throw new BenchError("usage", `${images}: it holds features, not images; 'bench fid' reads it directly`);
  makeOutputFolder(dirname(output));
  const listener = showProgress(stderrTerminal(), listenForSignals());
  const measurer = createMeasurer(options, listener);
  try {
    const set = await measurer.measure(source, (count, dimension) => checkFileSize(output, count, dimension));
    writeFeatureFile(output, set);
    listener.clear();
    const { count, dimension, about, leftOut = [] } = set;
    printNote(describeLeftOut(images, leftOut, count!));
    print(`${output}: ${count} images, ${dimension} features each, by ${about!.extractor}\n`);
    if (options.json) printJson({ output, count, dimension, ...about, ...countLeftOut(leftOut) });
  } finally {
    listener.clear();
    await measurer.dispose();
  }
}
