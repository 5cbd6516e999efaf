// Computes the ranges and ticks of linear and logarithmic axes.

export interface Axis {
  min: number;
  max: number;
  ticks: number[];
}

/**
 * A linear axis that contains all values, with round ends and about six round steps. It starts near the smallest value,
 * not at zero, and goes below zero only if a value does.
 */
export function linearAxis(values: readonly number[]): Axis {
  let low = Math.min(...values);
  let high = Math.max(...values);
  if (low === high) {
    const around = Math.abs(low) / 4 || 1;
    [low, high] = [low - around, high + around];
  }
  const padding = 0.06 * (high - low);
  [low, high] = [low >= 0 ? Math.max(0, low - padding) : low - padding, high + padding];
  const step = roundStep((high - low) / 6);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(step)));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toFixed(decimals)),
  );
  return { min: ticks[0]!, max: ticks.at(-1)!, ticks };
}

/**
 * A logarithmic axis that contains all values, which must be positive. Ticks are the powers of ten times 1 and 3; times
 * 1 only on an axis of more than six decades, and times 1, 2 and 5 on one of less than 1.2.
 */
export function logAxis(values: readonly number[]): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max(1.15, Math.sqrt(10 / (most / least))); // the axis spans at least a decade
  const [low, high] = [least / margin, most * margin];
  const decades = Math.log10(high / low);
  const ticks = logTicks(low, high, decades > 6 ? [1] : decades > 1.2 ? [1, 3] : [1, 2, 5]);
  return { min: ticks[0]!, max: ticks.at(-1)!, ticks };
}

/** Ticks from the last one at or below `low` to the first one at or above `high`. */
function logTicks(low: number, high: number, multiples: readonly number[]): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)) - 1; power <= Math.ceil(Math.log10(high)) + 1; power++) {
    for (const multiple of multiples) ticks.push(Number(`${multiple}e${power}`));
  }
  const first = ticks.findLastIndex((tick) => tick <= low);
  return ticks.slice(first, ticks.findIndex((tick) => tick >= high) + 1);
}

/** The smallest of 1, 2, 2.5 and 5 times a power of ten that is at least `step`. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 2.5, 5, 10].find((multiple) => multiple * power >= step * (1 - 1e-9))!;
  return factor * power;
}
