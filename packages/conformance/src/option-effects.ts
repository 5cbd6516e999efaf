// Check that every option has an effect: with another value of it, the weights, their starting values or the output
// differ.

import { glob, parseOptions, z } from "@dit-bench/method";
import { type Check, fail, type WorkListener } from "./check.ts";
import { adaptedOutput, runInTidy } from "./eager.ts";
import { type Case, makeSubject, model } from "./subject.ts";

export const optionChecks: readonly Check[] = [
  {
    name: "is another method with another value of each option",
    meaning: "Somebody sets the option, and the record says so, but the run is the same as without it.",
    advice: "the option in adapt: is it read, and does the value reach weights, forward, affine and merge?",
    run(c, listener) {
      const untried = tryOptions(c, listener);
      if (untried.length > 0) listener?.note?.(`not tried, because no other value is known: ${untried.join(", ")}`);
    },
  },
];

/** The part of a JSON schema that is read here. */
interface Property {
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Property[];
  readonly items?: Property;
}

/** Fails for an option without effect. Returns the names of options for which there is no other value to try. */
function tryOptions(c: Case, listener?: WorkListener): string[] {
  const { method } = c;
  const own = parseOptions(method, c.options) as Record<string, unknown>;
  const { properties = {} } = z.toJSONSchema(method.options, { io: "input" }) as {
    properties?: Record<string, Property>;
  };
  const accepts = (options: object) => method.options.safeParse(options).success;
  const before = Object.keys(properties).length > 0 ? effectOf(c, own) : undefined;
  return Object.entries(properties)
    .filter(([name, property], i, all) => {
      listener?.progress?.(i, all.length);
      const texts = new Set(otherValues(property, own[name]).map((value) => JSON.stringify(value)));
      texts.delete(JSON.stringify(own[name]));
      const values = [...texts].map((text): unknown => JSON.parse(text)).filter((v) => accepts({ ...own, [name]: v }));
      if (values.length === 0) return true;
      const hasEffect = values.some((value) => !isSame(before!, effectOf(c, { ...own, [name]: value })));
      if (!hasEffect) {
        const tried = [own[name], ...values].map((value) => JSON.stringify(value)).join(", ");
        fail(`option '${name}' has no effect: the values ${tried} give the same weights and outputs`);
      }
      return false;
    })
    .map(([name]) => name);
}

/** What an option may change. */
interface Effect {
  readonly weights: string;
  readonly start: readonly Float32Array[];
  readonly output: ArrayLike<number>;
}

/** The effect of the options; an error is one, too: the option was read. */
function effectOf(c: Case, options: object): Effect {
  try {
    return runInTidy(() => {
      const s = makeSubject({ ...c, options });
      const weights = JSON.stringify([s.adapted.trainable, s.adapted.sites]);
      return { weights, start: Object.values(s.start), output: adaptedOutput(s, s.moved).dataSync() };
    });
  } catch (error) {
    return { weights: (error as Error).message, start: [], output: [] };
  }
}

const isSame = (a: Effect, b: Effect): boolean =>
  a.weights === b.weights && a.start.every((values, i) => isEqual(values, b.start[i]!)) && isEqual(a.output, b.output);

const isEqual = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.from(a).every((v, i) => Object.is(v, b[i]));

/** Other values than `value` that the option may take. The schema may refuse some of them. */
function otherValues(property: Property, value: unknown): unknown[] {
  const named = [property, ...(property.anyOf ?? [])].flatMap((p) => [
    ...(p.enum ?? []),
    ...(p.const === undefined ? [] : [p.const]),
  ]);
  if (typeof value === "number") return [...named, value + 1, value - 1, 2 * value, value / 2, 1, 2, 0.5, 0];
  if (typeof value === "boolean") return [!value];
  if (typeof value === "string") return [...named, ...(named.length > 0 ? [1] : otherGlobs(value))];
  if (Array.isArray(value)) {
    const items = property.items ? otherValues(property.items, value[0]) : [];
    return [[], value.slice(1), value.slice(0, -1), ...items.map((item) => [...value, item])];
  }
  return value === undefined ? [...named, 1, 2, true, false] : named;
}

/** For a text that is a glob over modules or weights of the model: others. Of any other text nothing is known. */
function otherGlobs(text: string): string[] {
  const matches = glob(text);
  const paths = [...model.modules.map(({ path }) => path), ...model.weights.map(({ name }) => name)];
  return paths.some((path) => matches(path)) ? [text.replace("*", "0"), "blocks.0.attn.proj", "blocks.0.mlp.fc1"] : [];
}
