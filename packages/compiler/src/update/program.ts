// Finds the optimizer's update at the end of a training graph, and describes it as a program over elements.

import { constantData, type Graph, type Node, type Value } from "../graph/graph.ts";
import type { Op } from "../graph/ops.ts";
import { equalTypes, sizeOf } from "../graph/types.ts";

/**
 * An elementwise update: updated[i] = f(state[i], gradient[i], scalars). Operands are indices into one numbering of
 * values: the states, the vectors, the scalars, then the result of each instruction.
 */
export interface ElementProgram {
  /** Elements of each state and of each vector. */
  readonly size: number;
  readonly states: readonly string[];
  readonly vectors: readonly unknown[];
  readonly scalars: readonly unknown[];
  readonly instructions: readonly { readonly op: UpdateOp; readonly operands: readonly number[] }[];
  /** For each state, the index of its updated value. */
  readonly results: readonly number[];
}

/** An update, and what it reads of its graph. */
export interface UpdateProgram extends ElementProgram {
  /** Vectors that the rest of the graph computes, such as the gradient; each is the concatenation of its parts. */
  readonly vectors: readonly (readonly Value[])[];
  readonly scalars: readonly Value[];
}

export const updateOps = ["Add", "Sub", "Mul", "Div", "Sqrt", "Neg", "Abs"] as const satisfies readonly Op[];
export type UpdateOp = (typeof updateOps)[number];

/**
 * The elementwise part at a graph's end that updates the state, as optimizers do. Undefined if
 * - not every state is updated elementwise, or the states differ in type;
 * - the update reads no vector of the rest of the graph, or as many as it has states: then it saves no copy.
 *
 * Vectors that are combined before any state enters, such as the gradients of micro-batches, are combined by the rest
 * of the graph.
 */
export function findUpdate(graph: Graph, stateKeys: readonly string[]): UpdateProgram | undefined {
  const like = graph.inputs.get(stateKeys[0] ?? "");
  const states = stateKeys.filter((key) => {
    const [before, after] = [graph.inputs.get(key), graph.outputs.get(key)];
    return before && after && like && equalTypes(before, like) && equalTypes(after, like) && before.dtype === "float32";
  });
  if (!like || states.length === 0 || states.length !== stateKeys.length) return undefined;

  const stateInputs = new Map(states.map((key, i) => [graph.inputs.get(key)!, i]));
  const isScalar = (value: Value) => sizeOf(value.shape) === 1 && sizeOf(like.shape) !== 1;
  /** The values from which a value is computed elementwise: the leaves of that computation. */
  const leaves = memoized((value: Value): ReadonlySet<Value> => {
    const node = elementwiseNode(value, like);
    return new Set(node ? node.inputs.flatMap((input) => (isScalar(input) ? [] : [...leaves(input)])) : [value]);
  });
  const belongsToRest = (value: Value) => leaves(value).size > 1 && ![...leaves(value)].some((v) => stateInputs.has(v));
  // Values are collected before they are numbered: vectors and scalars come before instructions.
  const vectors: Value[] = [];
  const scalars: Value[] = [];
  const nodes: Node[] = [];
  const seen = new Set<Value>();
  const visit = (value: Value): void => {
    if (seen.has(value)) return;
    seen.add(value);
    const node = elementwiseNode(value, like);
    if (node && !belongsToRest(value)) {
      for (const input of node.inputs) visit(input);
      nodes.push(node);
    } else if (stateInputs.has(value)) return;
    else if (isScalar(value)) scalars.push(value);
    else vectors.push(value);
  };
  for (const key of states) visit(graph.outputs.get(key)!);
  if (vectors.length === 0 || vectors.length >= states.length) return undefined;

  const firstInstruction = states.length + vectors.length + scalars.length;
  const indices = new Map<Value, number>(stateInputs);
  for (const [i, value] of [...vectors, ...scalars].entries()) indices.set(value, states.length + i);
  for (const [i, node] of nodes.entries()) indices.set(node.outputs[0]!, firstInstruction + i);
  return {
    size: sizeOf(like.shape),
    states,
    vectors: vectors.map(concatenatedParts),
    scalars,
    instructions: nodes.map(({ op, inputs }) => ({
      op: op as UpdateOp,
      operands: inputs.map((value) => indices.get(value)!),
    })),
    results: states.map((key) => indices.get(graph.outputs.get(key)!)!),
  };
}

/** The program alone. The values of its graph would keep the graph's constants in memory. */
export const withoutValues = ({ vectors, scalars, ...program }: UpdateProgram): ElementProgram => ({
  ...program,
  vectors: vectors.map((_, i) => `vector ${i}`),
  scalars: scalars.map((_, i) => `scalar ${i}`),
});

/** The node that computes a value, if it is elementwise over tensors of the state's type and scalars. */
function elementwiseNode(value: Value, like: Value): Node | undefined {
  if (value.source.kind !== "output" || !equalTypes(value, like)) return undefined;
  const { node } = value.source;
  if (!(updateOps as readonly Op[]).includes(node.op)) return undefined;
  const fits = (v: Value) => v.dtype === like.dtype && (equalTypes(v, like) || sizeOf(v.shape) === 1);
  return node.inputs.every(fits) ? node : undefined;
}

/** The parts of a concatenation of vectors, which then need not be concatenated; for other values the value itself. */
function concatenatedParts(value: Value): readonly Value[] {
  const { source } = value;
  const concatenated = source.kind === "output" && source.node.op === "Concat" && value.shape.length === 1;
  return concatenated ? source.node.inputs : [value];
}

function memoized<K extends object, V>(f: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (!known.has(key)) known.set(key, f(key));
    return known.get(key)!;
  };
}

/** The value of a constant scalar; undefined if it is not constant. */
export const constantNumber = (value: Value): number | undefined => constantData(value)?.[0];
