// The table of differences: every method compared with a chosen one.

import { data, rowLabels } from "./data.js";
import { byId, fillSelect, simpleTable } from "./dom.js";
import { formatDifference } from "./format.js";

/** @typedef {{ row: number, mean: number, low: number, high: number, count: number, below: number }} Difference */

export function startDifferences() {
  const place = byId("differences", HTMLElement);
  if (data.differences.length === 0) {
    byId("reference", HTMLElement).closest(".tools")?.remove();
    place.textContent = "No two methods have a difference with an interval: the answer at the top says why.";
    return;
  }
  const compared = rowLabels.map((_, row) => row).filter((row) => differencesFrom(row).length > 0);
  const reference = fillSelect("reference", []);
  reference.append(...compared.map((row) => new Option(rowLabels[row], String(row))));
  const { best } = data;
  reference.value = String(best !== null && compared.includes(best) ? best : compared[0]);
  const show = () => place.replaceChildren(differencesTable(Number(reference.value)));
  reference.addEventListener("change", show);
  show();
}

/** FID of each other row minus that of the reference. @param {number} reference @returns {Difference[]} */
function differencesFrom(reference) {
  return data.differences.flatMap(({ a, b, mean, interval: [low, high], count, below }) => {
    if (a === reference) return [{ row: b, mean: -mean, low: -high, high: -low, count, below: count - below }];
    return b === reference ? [{ row: a, mean, low, high, count, below }] : [];
  });
}

/** @param {number} reference */
function differencesTable(reference) {
  const differences = differencesFrom(reference).sort((a, b) => a.mean - b.mean);
  // The base model is far from all methods: on one scale with it, the methods would look equal.
  const methods = differences.filter(({ row }) => row < data.methods.length);
  const scaled = methods.length > 0 ? methods : differences;
  const reach = Math.max(...scaled.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]));
  const label = rowLabels[reference] ?? "";
  return simpleTable(
    `FID minus that of ${label}`,
    ["Method", "Difference", "95 % interval", "lower ← 0 → higher", "Lower on", "Verdict"],
    differences.map(({ row, mean, low, high, count, below }) => [
      rowLabels[row] ?? "",
      formatDifference(mean),
      `${formatDifference(low)} to ${formatDifference(high)}`,
      Math.max(-low, high) > reach ? "beyond the scale" : intervalImage(low, mean, high, reach),
      `${below} of ${count} ${data.pairedOver}s`,
      high < 0 ? `better than ${label}` : low > 0 ? `worse than ${label}` : "not separated",
    ]),
  );
}

/**
 * The interval on a scale with zero in the middle.
 *
 * @param {number} low
 * @param {number} mean
 * @param {number} high
 * @param {number} reach
 */
function intervalImage(low, mean, high, reach) {
  const at = (/** @type {number} */ value) => 50 + (50 * value) / (reach || 1);
  const image = svgElement("svg", { class: "interval wide", viewBox: "-4 0 108 10", "aria-hidden": "true" });
  image.append(
    svgElement("path", { class: "rail", d: "M0 5H100M50 0V10" }),
    svgElement("path", { class: "band", d: `M${at(low)} 2H${at(high)}V8H${at(low)}z` }),
    svgElement("path", { class: "middle", d: `M${at(mean)} 0V10` }),
  );
  return image;
}

/** @param {string} name @param {Record<string, string>} attributes */
function svgElement(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
