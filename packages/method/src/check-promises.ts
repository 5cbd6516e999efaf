// Checks the form of a method's promises. Whether they hold is for the conformance suite.

import { isObject } from "./check-adaptation.ts";
import { describe, didYouMean } from "./error.ts";

const FIELDS = ["startsAsBase", "parameters"];
const COUNT = '{ model: "DiT-XL/2", classes: 101, count: 835232 }';
const COUNT_FIELDS = ["model", "classes", "options", "count"];

/** What is wrong with the form of `promises`; undefined if nothing is. */
export function promisesProblem(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  if (!isObject(given)) return `promises is ${describe(given)}; wanted an object, such as { startsAsBase: false }`;
  const unknown = Object.keys(given).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined)
    return `promises has a field '${unknown}', wanted ${FIELDS.join(" or ")}${didYouMean(unknown, FIELDS)}`;
  const { startsAsBase, parameters } = given;
  if (startsAsBase !== undefined && typeof startsAsBase !== "boolean")
    return `promises.startsAsBase is ${describe(startsAsBase)}; wanted true or false`;
  if (parameters === undefined) return undefined;
  if (!Array.isArray(parameters)) return `promises.parameters is ${describe(parameters)}; wanted an array of ${COUNT}`;
  for (const [i, entry] of parameters.entries()) {
    const problem = countProblem(entry);
    if (problem !== undefined) return `promises.parameters[${i}]${problem}; wanted ${COUNT}`;
  }
  return undefined;
}

function countProblem(given: unknown): string | undefined {
  if (!isObject(given)) return ` is ${describe(given)}`;
  const unknown = Object.keys(given).find((key) => !COUNT_FIELDS.includes(key));
  if (unknown !== undefined) return ` has a field '${unknown}'`;
  if (typeof given.model !== "string") return `.model is ${describe(given.model)}`;
  for (const key of ["classes", "count"])
    if (!(Number.isInteger(given[key]) && (given[key] as number) >= 1)) return `.${key} is ${describe(given[key])}`;
  if (given.options !== undefined && !isObject(given.options)) return `.options is ${describe(given.options)}`;
  return undefined;
}
