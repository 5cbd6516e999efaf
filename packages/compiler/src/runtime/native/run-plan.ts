// What a native session computes and what the host does with it: the model of one part of a batch, where its inputs
// come from, and where its outputs go.

import { type Boundary, checkStateOutputs } from "../../contract/boundary.ts";
import type { CompileOptions } from "../../contract/engine.ts";
import { type Parts, rowsOfPart } from "../../contract/parts.ts";
import type { Signature, Spec, TensorFunction } from "../../contract/signature.ts";
import { type Graph, producer, type Value } from "../../graph/graph.ts";
import type { DType, Type } from "../../graph/types.ts";
import { splitStates } from "../../update/body.ts";
import { constantNumber, type ElementProgram, findUpdate, withoutValues } from "../../update/program.ts";
import { graphOf, separateUpdate } from "../build-model.ts";

/** A scalar of the update. */
export type Scalar = { readonly value: number } | { readonly input: string } | { readonly output: string };

/** The update of the state; where there are parts, it takes the means of their vectors. */
export interface Update {
  readonly program: ElementProgram;
  /** For each vector of the program: the outputs of a part that concatenate to it. */
  readonly vectors: readonly (readonly string[])[];
  readonly scalars: readonly Scalar[];
}

/** An output of one part that becomes a result or a state. */
export interface Destination {
  readonly output: string;
  /** The rows of the parts are concatenated; otherwise their outputs are averaged. */
  readonly rows: boolean;
}

export interface RunPlan {
  /** The graph of one part. */
  readonly graph: Graph;
  readonly count: number;
  /** At most this many parts run at the same time. */
  readonly lanes: number;
  /** Inputs and state of which each part receives its rows. */
  readonly split: ReadonlySet<string>;
  /** For each state that the update changes: the inputs of the graph that concatenate to it. */
  readonly pieces: ReadonlyMap<string, readonly { readonly input: string; readonly type: Type }[]>;
  /** Results of the function, by name, from outputs of the graph. */
  readonly results: ReadonlyMap<string, Destination>;
  /** New values of the state that the update does not change, from outputs of the graph. */
  readonly carried: ReadonlyMap<string, Destination>;
  readonly update?: Update;
}

/** Plans a function as a whole, or in parts where `options` has them and they can run by themselves. */
export function planRun(
  fn: TensorFunction,
  signature: Signature,
  boundary: Boundary,
  options: CompileOptions,
): RunPlan {
  const { parts } = options;
  const inParts = parts && parts.count > 1 ? planParts(parts, signature, boundary, options) : undefined;
  return inParts ?? planWhole(fn, signature, boundary, options);
}

function planWhole(fn: TensorFunction, signature: Signature, boundary: Boundary, options: CompileOptions): RunPlan {
  const whole = graphOf(fn, signature, options.precision);
  checkStateOutputs(boundary, whole.outputs);
  const { graph, update } = separateUpdate(whole, [...boundary.state.keys()]);
  const isState = (key: string) => boundary.state.has(key);
  const itself = (keys: readonly string[]) => new Map(keys.map((key) => [key, { output: key, rows: false }]));
  return {
    graph,
    count: 1,
    lanes: 1,
    split: new Set(),
    pieces: update?.body.pieces ?? new Map(),
    results: itself([...whole.outputs.keys()].filter((key) => !isState(key))),
    carried: itself(update ? [] : [...boundary.state.keys()]),
    ...(update && {
      update: {
        program: withoutValues(update.program),
        vectors: update.body.vectors,
        scalars: update.body.scalars,
      },
    }),
  };
}

/**
 * Undefined, so that the function runs as a whole,
 * - if `finish` does more than to pass combined outputs on and to update the state elementwise;
 * - for names or types for which the parts' own arithmetic would not be that of `wholeOf`.
 */
function planParts(
  parts: Parts,
  signature: Signature,
  boundary: Boundary,
  { precision }: CompileOptions,
): RunPlan | undefined {
  const { count, lanes = count, rows = [], split } = parts;
  const states = [...boundary.state.keys()];
  if (split.some((key) => signature[key]?.value !== undefined)) return undefined; // a constant is not divided
  const part = graphOf(parts.part, shareOf(signature, split, count), precision);
  for (const [key, { shape, dtype }] of part.outputs) {
    const isFloat = dtype === "float32" || dtype === "float64";
    if (rows.includes(key) ? shape.length === 0 : !isFloat) return undefined; // nothing to concatenate, or no mean
  }
  const finished = finishGraph(parts, part, signature, precision);
  checkStateOutputs(boundary, finished.outputs);
  const partOutput = (value: Value): string | undefined => {
    const { source } = producer(value, "Reshape")?.inputs[0] ?? value;
    return source.kind === "input" && part.outputs.has(source.name) ? source.name : undefined;
  };
  const destinations = new Map<string, Destination>();
  for (const [key, value] of finished.outputs) {
    const output = partOutput(value);
    if (output !== undefined) destinations.set(key, { output, rows: rows.includes(output) });
  }
  const entries = [...destinations];
  const results = new Map(entries.filter(([key]) => !boundary.state.has(key)));
  const carried = new Map(entries.filter(([key]) => boundary.state.has(key)));
  const plan = { count, lanes, split: new Set(split), results, carried };
  const missing = [...finished.outputs.keys()].filter((key) => !destinations.has(key));
  if (missing.length === 0) return { ...plan, graph: part, pieces: new Map() };

  if (carried.size > 0 || missing.some((key) => !boundary.state.has(key))) return undefined;
  // `finish` receives the output of a part in place of an input of that name.
  if ([...part.outputs.keys()].some((key) => boundary.inputs.has(key) || boundary.state.has(key))) return undefined;
  if (states.some((key) => split.includes(key))) return undefined;
  const program = findUpdate(finished, states);
  if (!program) return undefined;
  const vectors = program.vectors.map((list) => list.map(partOutput));
  const isResult = (output: string) => entries.some(([, destination]) => destination.output === output);
  const isUpdateOnly = (output: string | undefined) =>
    output !== undefined && !rows.includes(output) && !isResult(output);
  const read = vectors.flat();
  if (!read.every(isUpdateOnly) || new Set(read).size < read.length) return undefined;
  const scalars = program.scalars.map((value): Scalar | undefined => {
    const number = constantNumber(value);
    if (number !== undefined) return { value: number };
    const { source } = value;
    return source.kind === "input" && boundary.inputs.has(source.name) ? { input: source.name } : undefined;
  });
  if (!scalars.every((scalar) => scalar !== undefined)) return undefined;
  return {
    ...plan,
    ...splitStates(part, states),
    update: { program: withoutValues(program), vectors: vectors as string[][], scalars },
  };
}

/** The signature of one part: its share of the inputs that are split. */
function shareOf(signature: Signature, split: readonly string[], count: number): Signature {
  return Object.fromEntries(
    Object.entries(signature).map(([key, spec]) => {
      if (!split.includes(key)) return [key, spec];
      return [key, { ...spec, shape: [rowsOfPart(key, spec.shape, count), ...spec.shape.slice(1)] }];
    }),
  );
}

/** The graph from inputs, state and combined outputs of the parts to the outputs of the whole function. */
function finishGraph({ count, rows = [], finish }: Parts, part: Graph, signature: Signature, precision?: DType): Graph {
  const combined = Object.fromEntries(
    [...part.outputs].map(([key, { shape, dtype }]) => [
      key,
      { dtype: traceable(dtype), shape: rows.includes(key) ? [shape[0]! * count, ...shape.slice(1)] : shape },
    ]),
  );
  const given = Object.entries(signature).filter(([, { value }]) => value === undefined);
  return graphOf(
    (inputs) => finish?.(inputs) ?? Object.fromEntries(Object.keys(combined).map((key) => [key, inputs[key]!])),
    { ...Object.fromEntries(given), ...combined },
    precision,
  );
}

/** Traces are float32; a pass widens the whole graph. */
const traceable = (dtype: DType): NonNullable<Spec["dtype"]> => (dtype === "float64" ? "float32" : dtype);
