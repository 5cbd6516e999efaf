// Formats numbers.

const wholeNumber = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compactNumber = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 });

/**
 * Whole numbers with separators, others to four significant digits, with a minus sign in place of a hyphen.
 *
 * @param {number} value
 * @param {boolean} isWhole false for a whole number among others, which then has as many digits as they have
 */
export function formatNumber(value, isWhole = Number.isInteger(value)) {
  const text = isWhole || Math.abs(value) >= 1000 ? wholeNumber.format(value) : value.toPrecision(4);
  return text.replace(/^-/, "−");
}

/**
 * The label of a tick: 300, 10k, 1M.
 *
 * @param {number} value
 */
export function formatTick(value) {
  if (Math.abs(value) < 1000) return String(Number(value.toPrecision(4)));
  return compactNumber.format(value).replace("K", "k");
}

/**
 * A difference with its sign and two decimals.
 *
 * @param {number} value
 */
export function formatDifference(value) {
  const text = Math.abs(value).toFixed(2);
  return `${value < 0 ? "−" : "+"}${text}`;
}
