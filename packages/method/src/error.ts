// The error type for mistakes in a method or its options, and the helpers that word its messages.

import { callSitesOf } from "@dit-bench/random";
import { closestName } from "@dit-bench/text";
import type { AnyMethod } from "./method.ts";

/** A method or its options break the contract or do not fit the model. The message names plug-in, method and place. */
export class MethodError extends Error {
  override readonly name = "MethodError";
}

/** The method's name in messages: `lora`, or `plug-in ./mine: method 'mine'`. */
export const nameOf = ({ name, plugin }: Pick<AnyMethod, "name" | "plugin">): string =>
  plugin === undefined ? name : `plug-in ${plugin}: method '${name}'`;

/**
 * Runs a function of the method. An error in it becomes a MethodError with the function's name and the line that threw.
 *
 * @param who `nameOf` the method
 * @param what name of the function in messages, such as "adapt"
 */
export function nameErrors<T>(who: string, what: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    if (error instanceof Error && error.name === "MethodError") {
      if (error.message.startsWith(who)) throw error;
      throw new MethodError(`${who}: ${error.message}`, { cause: error });
    }
    const message = error instanceof Error ? error.message.trim() : `it threw ${describe(error)}`;
    const place =
      error instanceof Error ? callSitesOf(error.stack ?? "").find((path) => !OUR_OWN.test(path)) : undefined;
    const at = place === undefined || message.includes(place) ? "" : ` (at ${place})`;
    throw new MethodError(`${who}: ${what}: ${message}${at}`, { cause: error });
  }
}

/** Stack frames of this project, except its tests, and of tensorflow.js: the first other one is in the method. */
const OUR_OWN = new RegExp(
  "/@tensorflow/|" +
    "/(?:packages|@dit-bench)/(?:compiler|conformance|diffusion|dit|method|ops|random|runner)/" +
    "(?:src|dist)/(?!.*\\.test\\.)",
);

/** A value in words: `the number 3`, `an array`, `nothing`. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return value === null ? "null" : "nothing";
  if (typeof value === "string") return `the text ${JSON.stringify(shortened(value))}`;
  if (typeof value === "number") return `the number ${value}`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object") return `${typeof value} ${String(value)}`;
  if (Array.isArray(value)) return "an array";
  if (typeof (value as { then?: unknown }).then === "function") return "a promise";
  if ("dataId" in value && "shape" in value) return `a tensor [${value.shape}]`;
  const className = (value as object).constructor?.name;
  return className === undefined || className === "Object"
    ? `an object { ${Object.keys(value).join(", ")} }`
    : `${/^[AEIO]/i.test(className) ? "an" : "a"} ${className}`;
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** `; did you mean 'train'?`, or an empty text if no candidate is close. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const near = closestName(word, candidates);
  return near === undefined ? "" : `; did you mean '${near}'?`;
}
