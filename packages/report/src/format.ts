// Formats numbers and lists for tables, charts and sentences.

/** An FID with two decimals, as papers print it. Limits of intervals may be negative. */
export function formatFid(value: number): string {
  return formatDecimals(value, 2);
}

/** A number with so many decimals, and a minus sign in place of a hyphen. */
export function formatDecimals(value: number, decimals: number): string {
  return value.toFixed(decimals).replace("-", "−");
}

/** A number of parameters to three significant digits: 835, 25.1k, 1.80M, 674M. */
export function formatCount(value: number): string {
  for (const [unit, suffix] of countUnits) {
    // A value that rounds up to the next unit is printed in it: 999,600 is 1.00M, not 1000k.
    if (value >= unit * 0.9995) return `${(value / unit).toPrecision(3)}${suffix}`;
  }
  return String(Math.round(value));
}

/** A tick label of a logarithmic axis: 300, 10k, 1M. */
export function formatTick(value: number): string {
  for (const [unit, suffix] of countUnits) {
    if (value >= unit) return `${Number((value / unit).toPrecision(3))}${suffix}`;
  }
  return String(value);
}

/** A percentage to two significant digits; integers from 99.5 up. */
export function formatPercent(value: number): string {
  return `${value >= 99.5 ? Math.round(value) : Number(value.toPrecision(2))}\u00a0%`;
}

/** A change in percent to two significant digits, with its sign: +12 %, −0.8 %. */
export function formatSignedPercent(value: number): string {
  const digits = formatPercent(Math.abs(value));
  return `${value < 0 ? "−" : "+"}${digits}`;
}

/** A ratio of times: 0.49×. */
export function formatRatio(value: number): string {
  return `${value.toFixed(2)}×`;
}

/**
 * A duration to three significant digits, in minutes from two minutes and in hours from two hours: 28.7 s, 12.3 min.
 */
export function formatSeconds(value: number): string {
  if (value < 119.5) return `${threeDigits(value)}\u00a0s`;
  return value < 7170 ? `${threeDigits(value / 60)}\u00a0min` : `${threeDigits(value / 3600)}\u00a0h`;
}

/** Milliseconds without a unit, which the heading gives: 9.31, 143, 1530. */
export function formatMilliseconds(value: number): string {
  return threeDigits(value);
}

/** Bytes in decimal units to three significant digits: 75.3 kB, 556 MB. */
export function formatBytes(value: number): string {
  for (const [unit, name] of byteUnits) {
    if (value >= unit * 0.9995) return `${threeDigits(value / unit)}\u00a0${name}`;
  }
  return `${Math.round(value)}\u00a0B`;
}

const countUnits = [
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

const byteUnits = [
  [1e9, "GB"],
  [1e6, "MB"],
  [1e3, "kB"],
] as const;

/** Three significant digits, but every digit before the decimal point. */
function threeDigits(value: number): string {
  return value >= 99.95 || value === 0 ? String(Math.round(value)) : value.toPrecision(3);
}

/** `a`, `a and b`, `a, b and c`. */
export function joinWithAnd(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
