// Times of a method relative to full fine-tuning, from pairs of runs under the same circumstances.

import type { RunRecord } from "@dit-bench/record";
import { confidenceLevel } from "./scores.ts";
import { geometricMean, isRounding, mean, meanInterval, sampleVariance } from "./statistics.ts";

/** A time over that of full fine-tuning. */
export interface RelativeTime {
  /** The geometric mean over pairs of runs. */
  readonly ratio: number;
  /**
   * 95 % interval of the mean from the spread of the logarithms: over datasets if there are several, else over seeds.
   * Errors that all of them share, such as a slower machine while the reference ran, are not in it. Null for one value,
   * and for equal ones.
   */
  readonly interval: readonly [low: number, high: number] | null;
}

/**
 * Returns the function that compares records with the runs of full fine-tuning: the geometric mean of the ratios to
 * those that finished on the same dataset, seed, machine and engine; null if there is no such pair.
 *
 * @param all every record of the table
 * @param seconds the time to compare; 0 if the run has none
 */
export function relativeToFull(
  all: readonly RunRecord[],
  seconds: (record: RunRecord) => number,
): (records: readonly RunRecord[]) => RelativeTime | null {
  const wasTimed = (record: RunRecord) => record.exit === "finished" && seconds(record) > 0;
  const isReference = ({ cell }: RunRecord) => cell.method === "full" && cell.variant === undefined;
  const fullSeconds = new Map<string, number>();
  for (const record of all) {
    if (!isReference(record) || !wasTimed(record)) continue;
    const key = circumstances(record);
    if (!fullSeconds.has(key)) fullSeconds.set(key, seconds(record));
  }
  return (records) => {
    const ratios: number[] = [];
    const logarithms = new Map<string, number[]>();
    for (const record of records.filter(wasTimed)) {
      const reference = fullSeconds.get(circumstances(record));
      if (reference === undefined) continue;
      const ratio = seconds(record) / reference;
      const ofDataset = logarithms.get(record.cell.dataset) ?? [];
      ratios.push(ratio);
      ofDataset.push(Math.log(ratio));
      logarithms.set(record.cell.dataset, ofDataset);
    }
    if (ratios.length === 0) return null;
    // Runs on one dataset are not independent, as in ranking.ts.
    const byDataset = [...logarithms.values()];
    const interval = logInterval(byDataset.length > 1 ? byDataset.map(mean) : byDataset[0]!);
    return { ratio: geometricMean(ratios), interval: interval && [Math.exp(interval[0]), Math.exp(interval[1])] };
  };
}

function logInterval(logarithms: readonly number[]): [low: number, high: number] | null {
  const variance = sampleVariance(logarithms);
  return variance === null || isRounding(variance, 1) ? null : meanInterval(logarithms, confidenceLevel);
}

/** The different machines and engines of runs, whose times cannot be compared. */
export const machinesOf = (records: readonly RunRecord[]): Set<string> => new Set(records.map(machineKey));

const circumstances = (record: RunRecord): string =>
  JSON.stringify([record.cell.dataset, record.cell.seed, machineKey(record)]);

const machineKey = ({ machine, engine }: RunRecord): string =>
  JSON.stringify([machine.cpu, machine.cores, machine.gpu, engine.name, engine.threads]);
