// Separates a training graph into the optimizer's update and the rest, which is the body.

import { type Graph, type NodeOf, producer, type Value } from "../graph/graph.ts";
import type { Type } from "../graph/types.ts";
import { removeDeadCode } from "../passes/index.ts";
import { rewrite } from "../passes/rewrite.ts";
import { constantNumber, type UpdateProgram } from "./program.ts";

/** A graph without its update, and how the two are connected. */
export interface Body {
  /**
   * Outputs the function's results and the parts of the update's vectors. Inputs are whole states, or pieces of them.
   */
  readonly graph: Graph;
  /** For each state that the graph reads: the inputs that concatenate to it. */
  readonly pieces: ReadonlyMap<string, readonly { readonly input: string; readonly type: Type }[]>;
  /** For each vector of the update: the outputs that concatenate to it. */
  readonly vectors: readonly (readonly string[])[];
  /** For each scalar: its value, or the name of the input or output that holds it. */
  readonly scalars: readonly ({ readonly value: number } | { readonly input: string } | { readonly output: string })[];
}

export function bodyOf(graph: Graph, program: UpdateProgram): Body {
  const outputs = new Map([...graph.outputs].filter(([key]) => !program.states.includes(key)));
  const addOutput = (name: string, value: Value): string => {
    outputs.set(name, value);
    return name;
  };
  const vectors = program.vectors.map((parts, v) =>
    // A part's shape does not matter, and the runtime would copy a reshaped value to output it.
    parts.map((part, p) => addOutput(`update:vector ${v}, part ${p}`, producer(part, "Reshape")?.inputs[0] ?? part)),
  );
  const scalars = program.scalars.map((value, s) => {
    const number = constantNumber(value);
    if (number !== undefined) return { value: number };
    if (value.source.kind === "input") return { input: value.source.name };
    return { output: addOutput(`update:scalar ${s}`, value) };
  });
  const withoutUpdate = removeDeadCode({ ...graph, outputs });
  return { ...splitStates(withoutUpdate, program.states), vectors, scalars };
}

/** Replaces a state that the graph only splits by one input for each piece, which saves the copies of the split. */
export function splitStates(graph: Graph, states: readonly string[]): Pick<Body, "graph" | "pieces"> {
  const readValues = new Set([...graph.nodes.flatMap((node) => node.inputs), ...graph.outputs.values()]);
  const readStates = states.filter((key) => readValues.has(graph.inputs.get(key)!));
  const splits = new Map<string, NodeOf<"Split">>();
  for (const key of readStates) {
    const value = graph.inputs.get(key)!;
    const users = graph.nodes.filter((node) => node.inputs.includes(value));
    const [user] = users;
    const isOutput = [...graph.outputs.values()].includes(value);
    if (users.length === 1 && user?.op === "Split" && value.shape.length === 1 && !isOutput) splits.set(key, user);
  }
  /** Without the value's source, which would keep the whole graph in memory. */
  const typeOf = ({ dtype, shape }: Type): Type => ({ dtype, shape });
  const pieceName = (key: string, i: number) => `${key}: piece ${i}`;
  const pieces = new Map(
    readStates.map((key) => {
      const split = splits.get(key);
      const whole = graph.inputs.get(key)!;
      return [
        key,
        split
          ? split.outputs.map((type, i) => ({ input: pieceName(key, i), type: typeOf(type) }))
          : [{ input: key, type: typeOf(whole) }],
      ];
    }),
  );
  const stateOfSplit = new Map([...splits].map(([key, node]) => [node.name, key]));
  const rewritten = rewrite(graph, (node, g) => {
    const key = stateOfSplit.get(node.name);
    return key === undefined ? undefined : node.outputs.map((type, i) => g.input(pieceName(key, i), type));
  });
  return { graph: rewritten, pieces };
}
