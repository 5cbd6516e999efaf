// Mistakes of whoever wrote or chose a method: one error type, which names plug-in, method, the place in it and what to do.

import { placesOf } from "@dit-bench/random";
import { closestName } from "@dit-bench/text";
import type { AnyMethod } from "./method.ts";

/** A method, or its options, that do not fit the contract or the model. The message is for whoever chose or wrote the method. */
export class MethodError extends Error {
  override readonly name = "MethodError";
}

/** As messages call a method: `lora`, or `plug-in ./mine: method 'mine'`. */
export const nameOf = ({ name, plugin }: Pick<AnyMethod, "name" | "plugin">): string =>
  plugin === undefined ? name : `plug-in ${plugin}: method '${name}'`;

/**
 * Runs a function of the method. What it throws becomes a MethodError with the function's name and the line that threw.
 *
 * @param who `nameOf` the method
 * @param what which of its functions, such as "adapt"
 */
export function blaming<T>(who: string, what: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    if (error instanceof Error && error.name === "MethodError") {
      if (error.message.startsWith(who)) throw error;
      throw new MethodError(`${who}: ${error.message}`, { cause: error });
    }
    const message = error instanceof Error ? error.message.trim() : `it threw ${describe(error)}`;
    const place = error instanceof Error ? placesOf(error.stack ?? "").find((path) => !OUR_OWN.test(path)) : undefined;
    const at = place === undefined || message.includes(place) ? "" : ` (at ${place})`;
    throw new MethodError(`${who}: ${what}: ${message}${at}`, { cause: error });
  }
}

/** Frames that a method's author did not write. */
const OUR_OWN =
  /\/@tensorflow\/|\/(?:packages|@dit-bench)\/(?:compiler|conformance|diffusion|dit|method|ops|random|runner)\/(?:src|dist)\/(?!.*\.test\.)/;

/** A value as messages quote it: `the number 3`, `an array`, `nothing`. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return value === null ? "null" : "nothing";
  if (typeof value === "string") return `the text ${JSON.stringify(shortened(value))}`;
  if (typeof value === "number") return `the number ${value}`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object") return `${typeof value} ${String(value)}`;
  if (Array.isArray(value)) return "an array";
  if (typeof (value as { then?: unknown }).then === "function") return "a promise";
  if ("dataId" in value && "shape" in value) return `a tensor [${value.shape}]`;
  const maker = (value as object).constructor?.name;
  return maker === undefined || maker === "Object"
    ? `an object { ${Object.keys(value).join(", ")} }`
    : `${/^[AEIO]/i.test(maker) ? "an" : "a"} ${maker}`;
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** `; did you mean 'train'?`, or nothing where no candidate is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const near = closestName(word, candidates);
  return near === undefined ? "" : `; did you mean '${near}'?`;
}
