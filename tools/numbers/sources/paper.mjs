// Table 1 of the DiffFit paper, as packages/report has it: `fid lora` is the published average, `fid lora cars` that of
// one dataset, `relativeTime lora` the time over full fine-tuning, `order` the six methods by average.

import { formatFid, paperDatasets, paperRows } from "@dit-bench/report";
import { choose, expectNoMore } from "../choose.mjs";

/** The paper's row of each built-in method. */
const labels = new Map([
  ["full", "Full fine-tuning"],
  ["bitfit", "BitFit"],
  ["lora", "LoRA-R8"],
  ["adaptformer", "Adapt-Parallel"],
  ["vpt", "VPT-Deep"],
  ["difffit", "DiffFit"],
]);

export default { name: "paper", open: async () => answer };

/** @param {readonly string[]} words */
function answer([question, ...words]) {
  return choose("question", question, questions)(words);
}

/** @type {ReadonlyMap<string, (words: readonly string[]) => string>} */
const questions = new Map([
  ["fid", fidText],
  ["relativeTime", timeText],
  ["order", orderText],
]);

/** @param {readonly string[]} words */
function fidText([method, dataset, ...rest]) {
  expectNoMore(rest);
  const { averageFid, fids } = rowOf(method);
  if (dataset === undefined) return formatFid(averageFid);
  const places = new Map(paperDatasets.map((name, index) => [name.toLowerCase().split(" ").at(-1) ?? "", index]));
  return formatFid(fids[choose("dataset", dataset, places)]);
}

/** @param {readonly string[]} words */
function timeText([method, ...rest]) {
  expectNoMore(rest);
  return `${rowOf(method).relativeTime.toFixed(2)}×`;
}

/** @param {readonly string[]} words */
function orderText(words) {
  expectNoMore(words);
  const rows = [...labels.keys()].map(rowOf).sort((a, b) => a.averageFid - b.averageFid);
  return rows.map(({ label }) => label).join(", ");
}

/** @param {string | undefined} method */
function rowOf(method) {
  const label = choose("method", method, labels);
  const row = paperRows.find((candidate) => candidate.label === label);
  if (row === undefined) throw new Error(`the paper has no row '${label}'`);
  return row;
}
