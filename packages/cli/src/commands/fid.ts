// `bench fid`: prints the Fréchet distance between two sets of images.

import { BenchError, compareSets, extractorOfId, type FeatureSet, openSet } from "@dit-bench/runner";
import type { FidOptions } from "../declarations/measuring.ts";
import { countLeftOut, describeLeftOut } from "../left-out.ts";
import { print, printJson, printNote } from "../print.ts";
import { showProgress, stderrTerminal } from "../progress.ts";
import { listenForSignals } from "../signals.ts";
import { createMeasurer } from "./measurer.ts";

/**
 * Prints the FID of two sets of images.
 *
 * @param a generated images, or their features
 * @param b real images, or their features
 */
export async function fid(a: string, b: string, options: FidOptions): Promise<void> {
  const { resamples, json } = options;
  const listener = showProgress(stderrTerminal(), listenForSignals());
  const measurer = createMeasurer(options, listener);
  try {
    // Both sets are opened, and feature files read, before any image is measured, so that errors appear early.
    const [generatedSource, realSource] = [await openSet(a), await openSet(b)];
    const stored = generatedSource.kind === "features" ? await measurer.measure(generatedSource) : undefined;
    if (resamples > 0 && stored && !stored.features)
      throw new BenchError(
        "usage",
        `--resamples ${resamples}: the interval needs the features of the first set, and ${a} has only their mean ` +
          "and covariance; give its folder of images or a file of 'bench features', or leave --resamples out",
      );
    const real = await measurer.measure(realSource);
    const generated = stored ?? (await measurer.measure(generatedSource));
    const comparison = compareSets(generated, real, { resamples, pairwise: json, listener });
    listener.clear();
    print(`${comparison.fid}\n`);
    if (comparison.interval) {
      const { low, high, level } = comparison.interval;
      printNote(`${100 * level} % interval ${low} to ${high}\n`);
    }
    if (comparison.extractor !== null && extractorOfId(comparison.extractor)?.standard === false)
      printNote(`FID of ${comparison.extractor}, not of Inception: not comparable with published FIDs\n`);
    for (const { source, leftOut = [], count } of [generated, real])
      printNote(describeLeftOut(source, leftOut, count ?? 0));
    if (json) printJson({ a, b, ...comparison, ...countBothLeftOut(generated, real) });
  } finally {
    listener.clear();
    await measurer.dispose();
  }
}

/** Counts the files left out of each set. A feature file has no list of such files, so that its count is null. */
function countBothLeftOut(...sets: readonly [FeatureSet, FeatureSet]) {
  const counts = sets.map(({ leftOut }) => (leftOut ? countLeftOut(leftOut) : null));
  return { skipped: counts.map((c) => c?.skipped ?? null), leftOut: counts.map((c) => c?.leftOut ?? null) };
}
