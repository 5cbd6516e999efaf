// Checks of a method that need no model: name, label, source, options and learning rate.

import { promisesProblem } from "./check-promises.ts";
import { describe, didYouMean, MethodError, nameErrors, nameOf } from "./error.ts";
import type { AnyMethod } from "./method.ts";
import { describeOptions, labelOf } from "./options.ts";

const FIELDS = ["name", "label", "source", "options", "learningRate", "adapt"] as const;

/** Valid as a folder name and on a command line without quoting. */
const NAME = /^[a-z][a-z0-9-]{0,39}$/;

/**
 * Checks the parts of the contract that need no model, and returns the method.
 *
 * @param plugin the package, folder or file that it came from, for messages
 * @throws MethodError
 */
export function checkMethod(given: unknown, plugin?: string): AnyMethod {
  const from = plugin === undefined ? "" : `plug-in ${plugin}: `;
  if (given === null || typeof given !== "object" || Array.isArray(given))
    throw new MethodError(`${from}${describe(given)} is not a method; wanted the result of defineMethod`);
  const method = given as AnyMethod;
  const fields = method as unknown as Record<string, unknown>;
  const absent = FIELDS.filter((field) => fields[field] === undefined);
  const badName = nameProblem(method.name);
  if (badName !== undefined) throw new MethodError(`${from}a method's name is ${badName}`);
  const who = nameOf({ name: method.name, ...(plugin === undefined ? {} : { plugin }) });
  const makeError = (problem: string) => new MethodError(`${who}: ${problem}`);
  for (const field of absent) {
    const others = Object.keys(fields).filter((key) => !(FIELDS as readonly string[]).includes(key));
    throw makeError(`${field} is missing${didYouMeanInstead(field, others)}; wanted ${WANTED[field]}`);
  }
  for (const field of ["label", "adapt"] as const)
    if (typeof fields[field] !== "function")
      throw makeError(`${field} is ${describe(fields[field])}; wanted ${WANTED[field]}`);
  if (typeof fields.source !== "string" || fields.source.trim() === "")
    throw makeError(`source is ${describe(fields.source)}; wanted ${WANTED.source}`);
  const rate = fields.learningRate;
  if (!(typeof rate === "number" && rate > 0 && Number.isFinite(rate)))
    throw makeError(`learningRate is ${describe(rate)}; wanted ${WANTED.learningRate}`);
  const promised = promisesProblem(fields.promises);
  if (promised !== undefined) throw makeError(promised);
  const named = plugin === undefined ? method : withPlugin(method, plugin);
  checkOptions(named);
  return named;
}

/** What is wrong with the name of a method, and a name that is right; undefined if nothing is. */
export function nameProblem(name: unknown): string | undefined {
  if (name === "all") return "'all', which stands for all methods in --methods; give it another name";
  if (typeof name === "string" && NAME.test(name)) return undefined;
  const quoted = typeof name === "string" ? `'${escaped(name)}'` : describe(name);
  return `${quoted}; wanted lower-case letters, digits and hyphens, at most 40, such as '${suggested(name)}'`;
}

const WANTED: Record<(typeof FIELDS)[number], string> = {
  name: "a name, such as 'my-method'",
  label: "a function from options to the text of a table's row, such as () => 'MyMethod'",
  source: "a text that says where the method was published",
  options: "a zod schema, such as z.strictObject({}), with the z of @dit-bench/method",
  learningRate: "a positive number, such as 1e-3",
  adapt: "a function from options and model to { train, grafts }",
};

/** Checks the schema by calling it, not by its class: a plug-in may have its own copy of zod 4. */
function checkOptions(method: AnyMethod): void {
  const who = nameOf(method);
  const makeError = (problem: string) => new MethodError(`${who}: ${problem}`);
  const schema = method.options as { safeParse?: unknown };
  if (typeof schema.safeParse !== "function")
    throw makeError(`options is ${describe(schema)}; wanted ${WANTED.options}`);
  const parsed = nameErrors(who, "options", () => method.options.safeParse({}));
  try {
    describeOptions(method);
  } catch (error) {
    const { message } = error as Error;
    throw makeError(`options cannot be described (${message}); wanted ${WANTED.options} and no other version's`);
  }
  if (!parsed.success) {
    const { issues } = parsed.error;
    if (issues.some((issue) => issue.path.length === 0))
      throw makeError(`options refuses {}: ${issues[0]?.message}; wanted ${WANTED.options}`);
    // An option without a default is missing here, which is allowed. Any other problem is in a default.
    const bad = issues.find((issue) => issue.code !== "invalid_type");
    if (bad)
      throw makeError(`options: the default of '${bad.path.join(".")}' is refused by its own schema: ${bad.message}`);
    return;
  }
  const defaults = parsed.data as Record<string, unknown>;
  if (defaults === null || typeof defaults !== "object" || Array.isArray(defaults))
    throw makeError(`options parses {} to ${describe(defaults)}; wanted an object, as z.strictObject gives`);
  // zod does not check defaults, and a record stores options as JSON.
  const again = method.options.safeParse(JSON.parse(JSON.stringify(defaults)));
  if (!again.success) {
    const [issue] = again.error.issues;
    const at = issue?.path.join(".") ?? "";
    throw makeError(
      `options: the default of '${at}' is ${JSON.stringify(defaults[at])}, which its own schema refuses: ` +
        `${issue?.message}`,
    );
  }
  labelOf(method, defaults);
}

/** The method with its plug-in. Everything else is inherited, so that its functions keep their `this`. */
const withPlugin = (method: AnyMethod, plugin: string): AnyMethod =>
  Object.create(method, { plugin: { value: plugin, enumerable: true } }) as AnyMethod;

function didYouMeanInstead(field: string, others: readonly string[]): string {
  const hint = didYouMean(field, others);
  const other = others.find((key) => hint.includes(`'${key}'`));
  return other === undefined ? "" : `, but there is '${other}'`;
}

const suggested = (name: unknown): string =>
  String(typeof name === "string" ? name : "my-method")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[-0-9]+|-+$/g, "")
    .slice(0, 40) || "my-method";

/** Escapes control characters: messages go to a terminal. */
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);
