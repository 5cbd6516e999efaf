// A method's options: checked against its schema, which also gives the defaults and the help texts.

import { z } from "zod";
import type { Method } from "./method.ts";

/** The method's options, complete; what is not given takes its published default. */
export function parseOptions<O extends object>(method: Method<O>, given: object = {}): O {
  const result = method.options.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const at = issue.path.join(".");
    const value = at
      ? ` (given ${JSON.stringify(at.split(".").reduce<unknown>((o, k) => (o as Record<string, unknown>)?.[k], given))})`
      : "";
    return `${at ? `option '${at}': ` : ""}${issue.message}${value}`;
  });
  throw new MethodError(`${method.name}: ${problems.join("; ")}. Its options: ${describeOptions(method)}`);
}

/** The published options, or undefined where one must be given. */
export const defaultOptions = <O extends object>(method: Method<O>): O | undefined => method.options.safeParse({}).data;

/** As tables call the method with these options: its own label, and whatever is not as published and the label does not tell: `DiffFit (norm=false)`. */
export function labelOf<O extends object>(method: Method<O>, options: O): string {
  const label = method.label(options);
  const published = defaultOptions(method) as Record<string, unknown> | undefined;
  if (!published) return label;
  const untold = Object.entries(options).filter(
    ([name, value]) =>
      JSON.stringify(value) !== JSON.stringify(published[name]) &&
      method.label({ ...options, [name]: published[name] }) === label,
  );
  const told = untold.map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return told.length > 0 ? `${label} (${told.join(", ")})` : label;
}

/** A method, or its options, that do not fit the contract or the model: something for whoever chose or wrote it. */
export class MethodError extends Error {
  override readonly name = "MethodError";
}

/** One line: each option with its default. */
export function describeOptions(method: Method): string {
  const { properties = {} } = z.toJSONSchema(method.options, { io: "input" }) as {
    properties?: Record<string, { default?: unknown }>;
  };
  const names = Object.entries(properties).map(([name, p]) => `${name}=${JSON.stringify(p.default)}`);
  return names.length > 0 ? names.join(", ") : "none";
}
