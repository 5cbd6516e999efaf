// Builds the ONNX model of a tensor function: traces it, optimizes the graph, separates the update, and encodes it.

import type { Signature, TensorFunction } from "../contract/signature.ts";
import { constantData, type Graph } from "../graph/graph.ts";
import type { Data, DType, Type } from "../graph/types.ts";
import { type Encoded, encode } from "../onnx/encode.ts";
import { optimize } from "../passes/index.ts";
import { trace } from "../trace/trace.ts";
import { type Body, bodyOf } from "../update/body.ts";
import { findUpdate, type UpdateProgram } from "../update/program.ts";
import type { Provider } from "./provider.ts";

export interface BuiltModel extends Encoded {
  /** Types by names in the graph, of the inputs and outputs that the model has. */
  readonly inputTypes: ReadonlyMap<string, Type>;
  readonly outputTypes: ReadonlyMap<string, Type>;
  readonly nodes: number;
  readonly constantBytes: number;
}

export type WeightStorage = "float32" | "float16";

/** The graph of a function, optimized. */
export const graphOf = (fn: TensorFunction, signature: Signature, precision?: DType): Graph =>
  optimize(trace(fn, signature), precision);

/** Constants of at most this size always stay embedded in the model; larger ones can be passed as inputs. */
const FED_MIN_BYTES = 2 ** 16;

/** Encodes a graph for a provider. The result does not reference the graph, so that its constants can be freed. */
export function encodeFor(provider: Provider, frozenWeights: WeightStorage, graph: Graph, name: string): BuiltModel {
  const prepared = provider.prepare?.(graph) ?? graph;
  const encoded = encode(prepared, name, {
    lowerings: provider.lowerings,
    matrices: frozenWeights,
    ...(bytesOfConstants(prepared) > (provider.maxConstantBytes ?? Number.POSITIVE_INFINITY)
      ? { feedAbove: FED_MIN_BYTES }
      : {}),
  });
  const typesOf = (keys: Iterable<string>, values: ReadonlyMap<string, Type>) =>
    new Map(
      [...keys].map((key): [string, Type] => [key, { dtype: values.get(key)!.dtype, shape: values.get(key)!.shape }]),
    );
  return {
    ...encoded,
    inputTypes: typesOf(encoded.inputs.keys(), prepared.inputs),
    outputTypes: typesOf(encoded.outputs.keys(), prepared.outputs),
    nodes: prepared.nodes.length,
    constantBytes: [...encoded.external, ...encoded.fed].reduce((sum, { data }) => sum + data.byteLength, 0),
  };
}

/** A graph without the update of its state, where the host can apply the update in place. */
export interface Separated {
  readonly graph: Graph;
  readonly update?: { readonly program: UpdateProgram; readonly body: Body };
}

export function separateUpdate(graph: Graph, states: readonly string[]): Separated {
  const program = findUpdate(graph, states);
  if (!program) return { graph };
  const body = bodyOf(graph, program);
  return { graph: body.graph, update: { program, body } };
}

function bytesOfConstants({ nodes }: Graph): number {
  const constants = new Set(
    nodes.flatMap(({ inputs }) =>
      inputs.flatMap((value): Data[] => (constantData(value) ? [constantData(value)!] : [])),
    ),
  );
  return [...constants].reduce((sum, data) => sum + data.byteLength, 0);
}
