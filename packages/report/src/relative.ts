// Times of a method relative to full fine-tuning, from pairs of runs under the same circumstances.

import type { RunRecord } from "@dit-bench/record";
import { geometricMean } from "./statistics.ts";

/**
 * The geometric mean of the ratios to the runs of full fine-tuning that finished on the same dataset, seed, machine and
 * engine; null if there is no such pair.
 *
 * @param all every record of the table
 * @param seconds the time to compare; 0 if the run has none
 */
export function relativeToFull(
  records: readonly RunRecord[],
  all: readonly RunRecord[],
  seconds: (record: RunRecord) => number,
): number | null {
  const wasTimed = (record: RunRecord) => record.exit === "finished" && seconds(record) > 0;
  const isReference = ({ cell }: RunRecord) => cell.method === "full" && cell.variant === undefined;
  const full = all.filter((record) => isReference(record) && wasTimed(record));
  const ratios = records.filter(wasTimed).flatMap((record) => {
    const reference = full.find((other) => circumstances(other) === circumstances(record));
    return reference === undefined ? [] : [seconds(record) / seconds(reference)];
  });
  return ratios.length === 0 ? null : geometricMean(ratios);
}

function circumstances({ cell, machine, engine }: RunRecord): string {
  return JSON.stringify([
    cell.dataset,
    cell.seed,
    machine.cpu,
    machine.cores,
    machine.gpu,
    engine.name,
    engine.threads,
  ]);
}
