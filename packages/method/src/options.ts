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
