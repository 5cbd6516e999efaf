// The check of a method that fits only some kinds of module.

import { MethodError } from "./error.ts";
import type { Module } from "./model.ts";

const PLURALS: Readonly<Record<Module["kind"], string>> = {
  linear: "linear layers",
  norm: "norms",
  branch: "branches",
  part: "parts",
};

/**
 * Refuses a module of another kind than these. Call it first in `weights` of a graft whose glob is an option.
 *
 * @param name the method's name
 * @param at the value of its option `at`
 * @throws MethodError with the option's value and the module's path
 */
export function requireKind(name: string, at: string, { path, kind }: Module, ...kinds: Module["kind"][]): void {
  if (kinds.includes(kind)) return;
  const wanted = kinds.map((one) => PLURALS[one]).join(" and ");
  throw new MethodError(`${name}: option 'at' is '${at}', which matches '${path}': wanted only ${wanted}`);
}
