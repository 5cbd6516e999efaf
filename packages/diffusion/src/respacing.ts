// Respacing: the diffusion process on a subset of its steps. Nichol & Dhariwal 2021, https://arxiv.org/abs/2102.09672.

import { type Schedule, scheduleFromBetas } from "./schedule.ts";

/**
 * The process on a subset of the steps of another (their section 4). The noise level of a kept step does not change, so
 * beta of kept step k is 1 - A_k / A_(k-1) (their eq. 19).
 *
 * @param respacing
 *   - `"250"`: that many steps, evenly spaced from the first to the last;
 *   - `"10,20,30"`: as many equal sections as numbers, with that many steps in each, from low noise to high; if the
 *     sections cannot be equal, the first ones are longer by one;
 *   - `"ddim50"`: every i-th step from 0, for the smallest whole i that gives exactly that many (Song et al. 2020,
 *     https://arxiv.org/abs/2010.02502, appendix D.2, linear selection).
 *
 *   Positions are summed in float64 and rounded half to even, like in the official DiT code: rounding half up would
 *   keep other steps for "25" and "19".
 * @throws Error for any other text, for more steps than the process has, or a `ddim` count that no whole stride gives
 */
export function respace(schedule: Schedule, respacing: string): Schedule {
  const positions = keptPositions(schedule.steps, respacing);
  let previous = 1;
  const betas = Float64Array.from(positions, (position) => {
    const current = schedule.alphasCumprod[position]!;
    const beta = 1 - current / previous;
    previous = current;
    return beta;
  });
  const timesteps = Int32Array.from(positions, (position) => schedule.timesteps[position]!);
  return scheduleFromBetas(betas, timesteps);
}

function keptPositions(steps: number, respacing: string): number[] {
  const ddim = /^ddim(\d+)$/.exec(respacing);
  if (ddim) return stridedPositions(steps, Number(ddim[1]), respacing);
  if (!/^\d+(,\d+)*$/.test(respacing)) {
    throw new Error(
      `respacing ${JSON.stringify(respacing)}: wanted a count ("250"), counts per section ("10,20,30") ` +
        'or "ddim" and a count ("ddim50")',
    );
  }
  return sectionedPositions(steps, respacing.split(",").map(Number), respacing);
}

function stridedPositions(steps: number, count: number, respacing: string): number[] {
  const counts = Array.from({ length: steps - 1 }, (_, i) => Math.ceil(steps / (i + 1))); // descending, by stride i + 1
  const stride = counts.indexOf(count) + 1;
  if (stride === 0) {
    const nearest = [counts.findLast((c) => c > count), counts.find((c) => c < count)].filter((c) => c !== undefined);
    throw new Error(
      `respacing "${respacing}": no whole stride takes ${count} of ${steps} steps; ` +
        `nearest: ${nearest.map((c) => `"ddim${c}"`).join(", ")}`,
    );
  }
  return Array.from({ length: count }, (_, k) => k * stride);
}

function sectionedPositions(steps: number, counts: number[], respacing: string): number[] {
  const shortest = Math.floor(steps / counts.length);
  const longer = steps % counts.length;
  const positions: number[] = [];
  let start = 0;
  for (const [section, count] of counts.entries()) {
    const length = shortest + (section < longer ? 1 : 0);
    if (count < 1 || count > length) {
      const where = counts.length === 1 ? "" : ` in section ${section + 1} of ${counts.length}`;
      throw new Error(`respacing "${respacing}": ${count} steps${where}: wanted 1 to ${length}`);
    }
    const stride = count === 1 ? 0 : (length - 1) / (count - 1);
    for (let k = 0, position = 0; k < count; k++, position += stride) positions.push(start + roundHalfEven(position));
    start += length;
  }
  return positions;
}

function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}
