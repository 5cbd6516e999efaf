// Checks of what `adapt` and the `weights` of a graft return, before any tensor exists.

import { describe, didYouMean, MethodError, nameErrors } from "./error.ts";
import type { Init, InitContext } from "./init.ts";
import type { Adaptation, Graft } from "./method.ts";
import { type Module, size } from "./model.ts";

const ADAPTATION = ["train", "grafts"];
const GRAFT = ["at", "weights", "affine", "forward", "merge"];
/** A key is one segment of a weight's path, so it has no dots. */
const KEY = /^[A-Za-z_][\w-]*$/;

/** @throws MethodError unless it is `{ train, grafts }` as the contract defines them */
export function checkAdaptation(who: string, given: unknown): Adaptation {
  const makeError = (problem: string) => new MethodError(`${who}: ${problem}`);
  if (!isObject(given)) {
    const wait = describe(given) === "a promise" ? "; adapt cannot be async" : "";
    throw makeError(`adapt returns ${describe(given)}${wait}; wanted { train, grafts }`);
  }
  for (const key of Object.keys(given))
    if (!ADAPTATION.includes(key))
      throw makeError(`adapt returns a field '${key}', wanted train or grafts${didYouMean(key, ADAPTATION)}`);
  const { train = [], grafts = [] } = given;
  if (!Array.isArray(train) || train.some((pattern) => typeof pattern !== "string"))
    throw makeError(`adapt: train is ${describe(train)}; wanted an array of globs, such as ["**.bias"]`);
  if (!Array.isArray(grafts)) throw makeError(`adapt: grafts is ${describe(grafts)}; wanted an array of graft({ … })`);
  for (const [i, graft] of grafts.entries()) checkGraft(makeError, `grafts[${i}]`, graft);
  return { train, grafts };
}

function checkGraft(makeError: (problem: string) => Error, what: string, given: unknown): void {
  if (!isObject(given)) throw makeError(`adapt: ${what} is ${describe(given)}; wanted graft({ at, weights, … })`);
  for (const key of Object.keys(given))
    if (!GRAFT.includes(key))
      throw makeError(`adapt: ${what} has a field '${key}', wanted ${GRAFT.join(", ")}${didYouMean(key, GRAFT)}`);
  if (typeof given.at !== "string")
    throw makeError(`adapt: ${what}.at is ${describe(given.at)}; wanted a glob over module paths`);
  for (const key of ["weights", "affine", "forward", "merge"])
    if (typeof given[key] !== "function" && (key === "weights" || given[key] !== undefined))
      throw makeError(`adapt: ${what}.${key} is ${describe(given[key])}; wanted a function`);
}

/** The new weights of one module, by key. @throws MethodError if one is not an Init */
export function initsOf(who: string, graft: Graft, module: Module): Readonly<Record<string, Init>> {
  const what = `weights of the graft on '${module.path}'`;
  const makeError = (problem: string) => new MethodError(`${who}: ${what} ${problem}`);
  const given: unknown = nameErrors(who, what, () => graft.weights(module));
  if (!isObject(given))
    throw makeError(`gives ${describe(given)}; wanted an object of weights by key, such as { a: zeros(8) }`);
  for (const [key, init] of Object.entries(given)) {
    if (!KEY.test(key))
      throw makeError(`has a key ${JSON.stringify(key)}; wanted only letters, digits, underscores and hyphens`);
    if (!isObject(init) || typeof init.values !== "function" || !Array.isArray(init.shape))
      throw makeError(
        `gives '${key}' as ${describe(init)}; wanted an Init, such as zeros(${module.out}) or normal(0.02, 8)`,
      );
    if (!init.shape.every((side) => Number.isInteger(side) && side >= 1))
      throw makeError(
        `gives '${key}' the shape [${init.shape.map(String).join(", ")}]; wanted whole numbers of at least 1`,
      );
  }
  return given as Record<string, Init>;
}

/**
 * The starting values of a new weight.
 *
 * @throws MethodError unless all values are finite and their number is that of the weight's shape
 */
export function initialValues(who: string, init: Init, context: InitContext): Float32Array {
  const what = `the initial values of '${context.name}'`;
  const makeError = (problem: string) => new MethodError(`${who}: ${what} ${problem}`);
  const values: unknown = nameErrors(who, what, () => init.values(context));
  const wanted = `wanted a Float32Array of ${size(init.shape)} for the shape [${init.shape}]`;
  if (!(values instanceof Float32Array)) throw makeError(`are ${describe(values)}; ${wanted}`);
  if (values.length !== size(init.shape)) throw makeError(`are ${values.length}; ${wanted}`);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw makeError(`hold ${values[bad]} at place ${bad}; wanted finite numbers`);
  return values;
}

/** True for a plain object: no array, promise or tensor. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value) && !("then" in value) && !("dataId" in value);
