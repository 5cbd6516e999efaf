// What a run has cost over all processes that worked on it. A checkpoint stores it, so that the record of a resumed run
// has the costs of the whole run and not those of the last process alone.

export interface Costs {
  /** Seconds by stage, and `total`. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Highest resident memory of a process, in bytes. */
  readonly peakBytes: number;
}

export const noCosts: Costs = { seconds: {}, peakBytes: 0 };

/** The costs of two processes that worked on a run one after the other. */
export function addCosts(a: Costs, b: Costs): Costs {
  const seconds: Record<string, number> = { ...a.seconds };
  for (const [stage, value] of Object.entries(b.seconds)) seconds[stage] = (seconds[stage] ?? 0) + value;
  return { seconds, peakBytes: Math.max(a.peakBytes, b.peakBytes) };
}

/** The costs of a process with the seconds that it compiled the training step, which are counted apart. */
export const withCompilation = (spent: Costs, compileSeconds: number): Costs =>
  addCosts(spent, { ...noCosts, seconds: { compile: compileSeconds } });

/**
 * The costs that a checkpoint has. Of one of an older version only the seconds of training are known: they count as the
 * total, and its peak memory is left out.
 */
export const costsOf = ({ costs, seconds }: { readonly costs?: Costs; readonly seconds: number }): Costs =>
  costs ?? { ...noCosts, seconds: { total: seconds } };

/**
 * The step time of a training in two parts: the mean of their medians, weighted by their steps. The times of single
 * steps are not stored.
 */
export function meanStepTime(
  a: { readonly step: number; readonly stepMilliseconds: number },
  b: { readonly step: number; readonly stepMilliseconds: number },
): number {
  const steps = a.step + b.step;
  return steps === 0 ? 0 : (a.step * a.stepMilliseconds + b.step * b.stepMilliseconds) / steps;
}
