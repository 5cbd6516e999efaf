import { constantData, type Graph, type Node, sizeOf, type Value } from "../graph.ts";
import type { Op } from "../spec.ts";

/**
 * How new state is made of old, element by element: new[i] = f(old[i], gradient[i], numbers). Values are counted through: the states,
 * the vectors, the scalars, and then what each instruction makes.
 */
export interface UpdateProgram {
  /** Elements of each state and of each vector. */
  readonly size: number;
  readonly states: readonly string[];
  /** What it takes of the graph, element by element: each a vector, or parts that make one when laid end to end. */
  readonly vectors: readonly (readonly Value[])[];
  readonly scalars: readonly Value[];
  readonly instructions: readonly { readonly op: UpdateOp; readonly operands: readonly number[] }[];
  /** The value that each state becomes. */
  readonly results: readonly number[];
}

export const updateOps = ["Add", "Sub", "Mul", "Div", "Sqrt", "Neg", "Abs"] as const satisfies readonly Op[];
export type UpdateOp = (typeof updateOps)[number];

/**
 * The part at a graph's end that makes new state of old element by element, as optimizers do, or undefined where there is none, or where it
 * would take nothing from the rest of the graph, or as much as it makes: then the rest may as well make the states themselves. Several
 * vectors that meet before any state does, as the gradients of a batch's parts, are the rest's to bring together.
 */
export function updateProgram(graph: Graph, stateKeys: readonly string[]): UpdateProgram | undefined {
  const like = graph.inputs.get(stateKeys[0] ?? "");
  const states = stateKeys.filter((key) => {
    const [before, after] = [graph.inputs.get(key), graph.outputs.get(key)];
    return before && after && like && sameType(before, like) && sameType(after, like) && before.dtype === "float32";
  });
  if (!like || states.length === 0 || states.length !== stateKeys.length) return undefined;

  const stateInputs = new Map(states.map((key, i) => [graph.inputs.get(key)!, i]));
  const isScalar = (value: Value) => sizeOf(value.shape) === 1 && sizeOf(like.shape) !== 1;
  /** What goes into a value element by element, down to what is not made so. */
  const leaves = memoized((value: Value): ReadonlySet<Value> => {
    const node = elementwiseNode(value, like);
    return new Set(node ? node.inputs.flatMap((input) => (isScalar(input) ? [] : [...leaves(input)])) : [value]);
  });
  const isOfTheRest = (value: Value) => leaves(value).size > 1 && ![...leaves(value)].some((v) => stateInputs.has(v));
  // First what is read, so that the counting is known; then the instructions.
  const vectors: Value[] = [];
  const scalars: Value[] = [];
  const nodes: Node[] = [];
  const seen = new Set<Value>();
  const visit = (value: Value): void => {
    if (seen.has(value)) return;
    seen.add(value);
    const node = elementwiseNode(value, like);
    if (node && !isOfTheRest(value)) {
      for (const input of node.inputs) visit(input);
      nodes.push(node);
    } else if (stateInputs.has(value)) return;
    else if (isScalar(value)) scalars.push(value);
    else vectors.push(value);
  };
  for (const key of states) visit(graph.outputs.get(key)!);
  if (vectors.length === 0 || vectors.length >= states.length) return undefined;

  const read = states.length + vectors.length + scalars.length;
  const numbers = new Map<Value, number>(stateInputs);
  for (const [i, value] of [...vectors, ...scalars].entries()) numbers.set(value, states.length + i);
  for (const [i, node] of nodes.entries()) numbers.set(node.outputs[0]!, read + i);
  return {
    size: sizeOf(like.shape),
    states,
    vectors: vectors.map(partsOf),
    scalars,
    instructions: nodes.map(({ op, inputs }) => ({
      op: op as UpdateOp,
      operands: inputs.map((value) => numbers.get(value)!),
    })),
    results: states.map((key) => numbers.get(graph.outputs.get(key)!)!),
  };
}

/** The node of a value, if it works element by element on values like the state and on single numbers. */
function elementwiseNode(value: Value, like: Value): Node | undefined {
  if (value.source.kind !== "output" || !sameType(value, like)) return undefined;
  const { node } = value.source;
  if (!(updateOps as readonly Op[]).includes(node.op)) return undefined;
  const fits = (v: Value) => v.dtype === like.dtype && (sameType(v, like) || sizeOf(v.shape) === 1);
  return node.inputs.every(fits) ? node : undefined;
}

/** The parts of a concatenation along the only axis, so that nobody has to lay them together. */
function partsOf(value: Value): readonly Value[] {
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

const sameType = (a: Value, b: Value) => a.dtype === b.dtype && `${a.shape}` === `${b.shape}`;

/** The number that a scalar is, where it is constant. */
export const constantNumber = (value: Value): number | undefined => constantData(value)?.[0];
