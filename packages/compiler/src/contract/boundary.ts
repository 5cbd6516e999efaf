// The boundary of a compiled function: names and types of its inputs and state, and checks of what callers pass.

import { arrayOf, type Data, type DType, equalTypes, sizeOf, type Type, withArticle } from "../graph/types.ts";
import { type Signature, typeOf, type Values } from "./signature.ts";

/** The values that cross between a caller and a compiled function. */
export interface Boundary {
  readonly name: string;
  /** The inputs of `run`: those that are neither constant nor state. */
  readonly inputs: ReadonlyMap<string, Type>;
  readonly state: ReadonlyMap<string, Type>;
}

export function boundaryOf(name: string, signature: Signature, state: readonly string[], floats: DType): Boundary {
  for (const key of state) {
    const spec = signature[key];
    if (!spec)
      throw new Error(`${name}: state "${key}" is not an input: wanted one of ${quoted(Object.keys(signature))}`);
    if (spec.value !== undefined)
      throw new Error(`${name}: state "${key}" has a value in the signature: wanted it set by setState`);
  }
  const types = Object.entries(signature)
    .filter(([, spec]) => spec.value === undefined)
    .map(([key, spec]): [string, Type] => {
      const { shape, dtype } = typeOf(spec);
      return [key, { shape, dtype: dtype === "float32" ? floats : dtype }];
    });
  return {
    name,
    inputs: new Map(types.filter(([key]) => !state.includes(key))),
    state: new Map(types.filter(([key]) => state.includes(key))),
  };
}

/** Throws unless each state input is also an output of its type. */
export function checkStateOutputs({ name, state }: Boundary, outputs: ReadonlyMap<string, Type>): void {
  for (const [key, type] of state) {
    const output = outputs.get(key);
    if (!output)
      throw new Error(`${name}: state "${key}" is not an output: wanted one of ${quoted([...outputs.keys()])}`);
    if (!equalTypes(output, type)) {
      throw new Error(
        `${name}: state "${key}" goes in as ${show(type)} and comes out as ${show(output)}: wanted one type`,
      );
    }
  }
}

/**
 * Throws unless `values` holds wanted keys only, each with the length and array type of its type.
 *
 * @param what `input` or `state`, for messages
 * @param all requires every wanted key
 */
export function checkValues(
  name: string,
  what: string,
  values: Values,
  wanted: ReadonlyMap<string, Type>,
  all: boolean,
): void {
  for (const key of Object.keys(values)) {
    if (!wanted.has(key)) throw new Error(`${name}: no ${what} "${key}": wanted ${quoted([...wanted.keys()])}`);
  }
  for (const [key, type] of wanted) {
    const value: Data | undefined = values[key];
    if (value === undefined) {
      if (all) throw new Error(`${name}: ${what} "${key}" is missing: wanted ${show(type)}`);
      continue;
    }
    const array = arrayOf(type.dtype);
    if (!(value instanceof array)) {
      const given = (value as object | null)?.constructor?.name ?? String(value);
      throw new Error(
        `${name}: ${what} "${key}" is ${withArticle(given)}: wanted ${withArticle(array.name)} for ${show(type)}`,
      );
    }
    if (value.length !== sizeOf(type.shape)) {
      throw new Error(
        `${name}: ${what} "${key}" has ${value.length} elements: wanted ${sizeOf(type.shape)} for ${show(type)}`,
      );
    }
  }
}

/** Throws unless every state input has a value. */
export function checkStateSet({ name, state }: Boundary, set: { has(key: string): boolean }): void {
  for (const key of state.keys()) {
    if (!set.has(key)) throw new Error(`${name}: state "${key}" has no value: call setState before run`);
  }
}

const show = ({ dtype, shape }: Type) => `${dtype} [${shape.join(", ")}]`;
const quoted = (names: readonly string[]) => (names.length ? names.map((n) => `"${n}"`).join(", ") : "none");
