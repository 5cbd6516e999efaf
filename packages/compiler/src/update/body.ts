import { type Graph, type NodeOf, producer, type Type, type Value } from "../graph.ts";
import { removeDeadCode } from "../passes/index.ts";
import { rewrite } from "../passes/rewrite.ts";
import { constantNumber, type UpdateProgram } from "./program.ts";

/** A graph without its update: what is left of it, and how the two meet. */
export interface Body {
  /** Puts out, besides what is no state, the parts of the update's vectors; takes states in pieces where it reads them so. */
  readonly graph: Graph;
  /** For each state that it reads: its inputs, end to end. */
  readonly pieces: ReadonlyMap<string, readonly { readonly input: string; readonly type: Type }[]>;
  /** For each vector of the update: the outputs that make it, end to end. */
  readonly vectors: readonly (readonly string[])[];
  /** For each scalar: its value, or the input or output that it is. */
  readonly scalars: readonly ({ readonly value: number } | { readonly input: string } | { readonly output: string })[];
}

export function bodyOf(graph: Graph, program: UpdateProgram): Body {
  const outputs = new Map([...graph.outputs].filter(([key]) => !program.states.includes(key)));
  const put = (name: string, value: Value): string => {
    outputs.set(name, value);
    return name;
  };
  const vectors = program.vectors.map((parts, v) =>
    // The shape of a part does not matter, and an output that is a reshaped value would be a copy of it.
    parts.map((part, p) => put(`update:vector ${v}, part ${p}`, producer(part, "Reshape")?.inputs[0] ?? part)),
  );
  const scalars = program.scalars.map((value, s) => {
    const number = constantNumber(value);
    if (number !== undefined) return { value: number };
    if (value.source.kind === "input") return { input: value.source.name };
    return { output: put(`update:scalar ${s}`, value) };
  });
  const rest = removeDeadCode({ ...graph, outputs });
  return { ...inPieces(rest, program.states), vectors, scalars };
}

/** Makes the pieces into which a state is split its inputs, where that is all that is done with it: no copies are made then. */
function inPieces(graph: Graph, states: readonly string[]): Pick<Body, "graph" | "pieces"> {
  const read = new Set([...graph.nodes.flatMap((node) => node.inputs), ...graph.outputs.values()]);
  const readStates = states.filter((key) => read.has(graph.inputs.get(key)!));
  const splits = new Map<string, NodeOf<"Split">>();
  for (const key of readStates) {
    const value = graph.inputs.get(key)!;
    const users = graph.nodes.filter((node) => node.inputs.includes(value));
    const [only] = users;
    const isOutput = [...graph.outputs.values()].includes(value);
    if (users.length === 1 && only?.op === "Split" && value.shape.length === 1 && !isOutput) splits.set(key, only);
  }
  const pieceName = (key: string, i: number) => `${key}: piece ${i}`;
  const pieces = new Map(
    readStates.map((key) => {
      const split = splits.get(key);
      const whole = graph.inputs.get(key)!;
      return [
        key,
        split
          ? split.outputs.map((type, i) => ({ input: pieceName(key, i), type }))
          : [{ input: key, type: whole as Type }],
      ];
    }),
  );
  const keyOf = new Map([...splits].map(([key, node]) => [node.name, key]));
  const rewritten = rewrite(graph, (node, g) => {
    const key = keyOf.get(node.name);
    return key === undefined ? undefined : node.outputs.map((type, i) => g.input(pieceName(key, i), type));
  });
  return { graph: rewritten, pieces };
}
