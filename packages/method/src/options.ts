// A method's options: parsed by its schema, described for help texts, and shown in the label of a table's row.

import { z } from "zod";
import { describe, MethodError, nameErrors, nameOf } from "./error.ts";
import type { Method } from "./method.ts";

/** The options, completed with the published defaults. @throws MethodError with every problem, and all options */
export function parseOptions<O extends object>(method: Method<O>, given: object = {}): O {
  const who = nameOf(method);
  const result = nameErrors(who, "options", () => method.options.safeParse(given));
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const at = issue.path.join(".");
    const value = at ? ` (given ${JSON.stringify(valueAt(given, issue.path))})` : "";
    return `${at ? `option '${at}': ` : ""}${issue.message}${value}`;
  });
  throw new MethodError(`${who}: ${problems.join("; ")}. Its options: ${describeOptions(method)}`);
}

const valueAt = (given: object, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], given);

/** The published options; undefined if an option has no default. */
export const defaultOptions = <O extends object>(method: Method<O>): O | undefined => method.options.safeParse({}).data;

/**
 * Row label in tables: the method's own label, followed by the options that differ from the published ones and that the
 * label does not show: `DiffFit (norm=false)`.
 *
 * @throws MethodError unless the label is one line of at most 60 characters
 */
export function labelOf<O extends object>(method: Method<O>, options: O): string {
  const label = ownLabel(method, options);
  const published = defaultOptions(method) as Record<string, unknown> | undefined;
  if (!published) return label;
  const hidden = Object.entries(options).filter(
    ([name, value]) =>
      JSON.stringify(value) !== JSON.stringify(published[name]) &&
      ownLabel(method, { ...options, [name]: published[name] }) === label,
  );
  const shown = hidden.map(([name, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    if (CONTROL.test(text))
      throw new MethodError(
        `${nameOf(method)}: option '${name}' is ${JSON.stringify(value)}; wanted text without control characters`,
      );
    return `${name}=${text}`;
  });
  return shown.length > 0 ? `${label} (${shown.join(", ")})` : label;
}

/** Control characters and line separators; a label is one line of a table. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const LONGEST_LABEL = 60;

function ownLabel<O extends object>(method: Method<O>, options: O): string {
  const who = nameOf(method);
  const label: unknown = nameErrors(who, "label", () => method.label(options));
  if (typeof label !== "string") throw new MethodError(`${who}: label returns ${describe(label)}; wanted a short text`);
  if (label.trim() === "")
    throw new MethodError(`${who}: label returns an empty text; wanted the label of a table's row`);
  if (CONTROL.test(label))
    throw new MethodError(`${who}: label returns ${JSON.stringify(label)}; wanted text without control characters`);
  if (label.length > LONGEST_LABEL)
    throw new MethodError(
      `${who}: label returns ${describe(label)}, ${label.length} characters; wanted at most ${LONGEST_LABEL}`,
    );
  return label;
}

/** One line with each option and its default. @throws Error if the schema is not from zod 4 */
export function describeOptions(method: Method): string {
  const { properties = {} } = z.toJSONSchema(method.options, { io: "input" }) as {
    properties?: Record<string, { default?: unknown }>;
  };
  const names = Object.entries(properties).map(([name, p]) => `${name}=${JSON.stringify(p.default)}`);
  return names.length > 0 ? names.join(", ") : "none";
}
