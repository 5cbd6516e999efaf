// Chooses one value for each method of a sweep: the one with the lowest score, which is the mean over the datasets of
// the FID against held-out images, or against the training images if a run has no held-out FID.

import type { OptionValue, Sweep, SweepRun, SweptMethod, TriedValue, TuningCriterion } from "@dit-bench/record";
import type { CellOutcome } from "@dit-bench/runner";
import { exitCodes } from "@dit-bench/runner/errors";

/** A method whose cells have ended. */
export type TriedMethod = Omit<SweptMethod, "values" | "runs" | "chosen" | "problem" | "edge"> & {
  readonly values: readonly { readonly value: OptionValue; readonly runs: readonly SweepRun[] }[];
};

/** What a cell's outcome contributes to a sweep. @param dataset the name in records */
export function toSweepRun(dataset: string, outcome: CellOutcome | undefined): SweepRun {
  if (outcome?.kind !== "finished") {
    const hasDiverged = outcome?.kind === "failed" && outcome.exitCode === exitCodes.diverged;
    return { dataset, exit: hasDiverged ? "diverged" : "missing", identity: null, fid: null, heldOutFid: null };
  }
  const { identity, metrics } = outcome.record;
  const { fid, scores } = metrics!;
  return { dataset, exit: "finished", identity, fid, heldOutFid: scores?.heldOutFid?.value ?? null };
}

/** Scores all values by one criterion, and chooses a value for each method. */
export function chooseValues(
  about: Pick<Sweep, "recipe" | "protocol" | "seed" | "datasets">,
  methods: readonly TriedMethod[],
): Sweep {
  const finished = methods
    .flatMap(({ values }) => values.flatMap(({ runs }) => runs))
    .filter(({ exit }) => exit === "finished");
  const isHeldOut = finished.length > 0 && finished.every((run) => run.heldOutFid !== null);
  const criterion: TuningCriterion = isHeldOut ? "heldOutFid" : "fid";
  return {
    schema: 1,
    ...about,
    criterion,
    methods: methods.map((method) => {
      const values = method.values.map(({ value, runs }) => ({
        value,
        score: scoreOf(runs, criterion),
        runs: [...runs],
      }));
      const runs = values.flatMap((tried) => tried.runs).filter(({ exit }) => exit !== "missing").length;
      return { ...method, runs, values, ...chooseValue(values, method.default) };
    }),
  };
}

function scoreOf(runs: readonly SweepRun[], criterion: TuningCriterion): number | null {
  const scores = runs.map((run) => run[criterion]);
  if (scores.includes(null)) return null;
  return scores.reduce<number>((sum, score) => sum + score!, 0) / scores.length;
}

/**
 * The value with the lowest score. Of equal ones, the default value, else the first. A value that diverged on a dataset
 * has no score and is not chosen. If a run is missing, nothing is chosen: its value might have been the best.
 */
export function chooseValue(
  values: readonly TriedValue[],
  usual: OptionValue,
): Pick<SweptMethod, "chosen" | "problem" | "edge"> {
  const runs = values.flatMap((tried) => tried.runs);
  const missing = runs.filter(({ exit }) => exit === "missing").length;
  if (missing > 0) return { problem: `${missing} of ${runs.length} runs are missing` };
  const scores = values.flatMap(({ score }) => score ?? []);
  if (scores.length === 0) return { problem: "every value diverged" };
  const lowest = Math.min(...scores);
  const best = values.filter(({ score }) => score === lowest);
  const isUsual = ({ value }: TriedValue) => JSON.stringify(value) === JSON.stringify(usual);
  const { value } = best.find(isUsual) ?? best[0]!;
  const edge = edgeOf(
    value,
    values.map((tried) => tried.value),
  );
  return { chosen: { value, isDefault: best.some(isUsual) }, ...(edge === undefined ? {} : { edge }) };
}

/** Whether a number is the lowest or highest of the values; undefined if one of them is no number. */
function edgeOf(value: OptionValue, values: readonly OptionValue[]): SweptMethod["edge"] {
  const numbers = values.filter((one) => typeof one === "number");
  if (numbers.length < values.length) return undefined;
  if (value === Math.max(...numbers)) return "highest";
  return value === Math.min(...numbers) ? "lowest" : undefined;
}
