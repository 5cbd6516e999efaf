// The FIDs of results/precision in bfloat16 and in float32, as its page has them: `difference`, `interval` and
// `percent` of all runs; `difference BitFit` or `difference cars` of one method or dataset.

import { fileURLToPath } from "node:url";
import { findRecords } from "@dit-bench/record";
import { groupsOf, pairsOf, signed } from "../../../benchmarks/precision/compare.mjs";
import { choose, expectNoMore } from "../choose.mjs";

/** @typedef {ReturnType<typeof groupsOf>[number]} Group */

/** @type {ReadonlyMap<string, (group: Group) => string>} */
const questions = new Map([
  ["difference", ({ difference }) => signed(difference)],
  ["interval", ({ interval }) => (interval === null ? "no interval" : interval.map(signed).join(" to "))],
  ["percent", ({ percent }) => `${signed(percent)} %`],
]);

export default {
  name: "precision",
  async open() {
    const [float32, bfloat16] = await Promise.all(["float32", "bfloat16"].map(readRecords));
    const groups = new Map(groupsOf(pairsOf(float32, bfloat16)).map((group) => [group.name, group]));
    return (/** @type {readonly string[]} */ [question, name = "all", ...rest]) => {
      expectNoMore(rest);
      return choose("question", question, questions)(choose("method or dataset", name, groups));
    };
  },
};

/** @param {string} precision */
async function readRecords(precision) {
  const folder = new URL(`../../../results/precision/records/${precision}`, import.meta.url);
  return (await findRecords(fileURLToPath(folder))).records.map(({ record }) => record);
}
