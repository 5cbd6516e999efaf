// The table of samplers, and the coefficients of one step as the compiled step takes them.

import { checkStep } from "../coefficients.ts";
import type { Schedule } from "../schedule.ts";
import type { Sampler } from "./sampler.ts";
import * as all from "./samplers.ts";

export type SamplerName = keyof typeof all;

export const samplers: Readonly<Record<SamplerName, Sampler>> = all;

export const samplerNames = Object.keys(all) as SamplerName[];

/**
 * The coefficients of reverse step i by name, each repeated n times: n = 1 is enough if all samples are at the same
 * step. They are computed in float64 and rounded once.
 *
 * @throws RangeError if the process has no step i; Error for a name that is not in the table
 */
export function stepCoefficients(
  schedule: Schedule,
  name: SamplerName,
  i: number,
  n: number,
): Record<string, Float32Array> {
  checkStep(i, schedule.steps);
  const sampler: Sampler | undefined = samplers[name];
  if (sampler === undefined) throw new Error(`sampler '${name}' is not known; available: ${samplerNames.join(", ")}`);
  const entries = Object.entries(sampler.coefficients);
  return Object.fromEntries(entries.map(([key, valueAt]) => [key, new Float32Array(n).fill(valueAt(schedule, i))]));
}
