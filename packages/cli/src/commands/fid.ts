// bench fid: how far two sets of images are apart.

import { BenchError, compareSets, type FeatureSet, openSet } from "@dit-bench/runner";
import type { FidOptions } from "../declarations/measuring.ts";
import { leftOutCounts, leftOutLine } from "../left-out.ts";
import { print, printJson, printNote } from "../print.ts";
import { progress, stderrTerminal } from "../progress.ts";
import { listenForSignals } from "../signals.ts";
import { measuring } from "./measuring.ts";

export async function fid(a: string, b: string, options: FidOptions): Promise<void> {
  const { resamples } = options;
  const listener = progress(stderrTerminal(), listenForSignals());
  const extractor = measuring(options, listener);
  try {
    // What is wrong with either shows before the long work, and files of features are read first.
    const [first, second] = [await openSet(a), await openSet(b)];
    const later = first.kind === "features" ? await extractor.measure(first) : undefined;
    if (resamples > 0 && later && !later.features)
      throw new BenchError(
        "usage",
        `--resamples ${resamples}: the interval is drawn from the first set's features, and ${a} has their mean and covariance alone; give its folder of images, or a file that 'bench features' makes of it, or leave --resamples away`,
      );
    const real = await extractor.measure(second);
    const generated = later ?? (await extractor.measure(first));
    const comparison = compareSets(generated, real, { resamples, pairwise: options.json ?? false, listener });
    listener.clear();
    print(`${comparison.fid}\n`);
    if (comparison.interval) {
      const { low, high, level } = comparison.interval;
      printNote(`${100 * level} % interval ${low} to ${high}\n`);
    }
    if (comparison.extractor?.startsWith("mini"))
      printNote(`a distance of ${comparison.extractor}, not Inception's: it compares with no published FID\n`);
    for (const { source, leftOut = [], count } of [generated, real])
      printNote(leftOutLine(source, leftOut, count ?? 0));
    if (options.json) printJson({ a, b, ...comparison, ...bothLeftOut(generated, real) });
  } finally {
    listener.clear();
    await extractor.dispose();
  }
}

/** Of each set; null for a file of features, which does not say what was left out. */
function bothLeftOut(...sets: readonly [FeatureSet, FeatureSet]) {
  const counts = sets.map(({ leftOut }) => (leftOut ? leftOutCounts(leftOut) : null));
  return { skipped: counts.map((c) => c?.skipped ?? null), leftOut: counts.map((c) => c?.leftOut ?? null) };
}
