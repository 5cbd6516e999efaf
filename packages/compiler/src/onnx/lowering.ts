// The interface of lowerings, which write nodes of the graph in ONNX.

import type { NodeOf, Value } from "../graph/graph.ts";
import type { Op } from "../graph/ops.ts";
import type { Data, DType, Type } from "../graph/types.ts";
import type { Attribute } from "./model.ts";

/** Writes one node of the graph, usually as one ONNX node of the same name. */
export type Lowering<O extends Op> = (e: ModelWriter, node: NodeOf<O>) => void;

export type Lowerings = { readonly [O in Op]: Lowering<O> };

/** The part of the encoder that lowerings use. */
export interface ModelWriter {
  /**
   * The name of a value in the model. To be called once for each use: each use of a narrowed constant gets its own
   * cast.
   */
  name(value: Value): string;
  /** True for a constant that is part of the model; false for one that every run passes as an input. */
  isEmbedded(value: Value): boolean;
  /** A name that is not used yet. */
  fresh(prefix: string): string;
  /** Adds a constant and returns its name. */
  constant(data: Data, type: Type): string;
  /** The name of a row of ones, [1, count]. */
  ones(count: number, dtype: DType): string;
  /** The name of a constant operand for ops that take shapes, axes or pads as int64. */
  int64(values: readonly number[], shape?: readonly number[]): string;
  /** Adds an ONNX node named `nodeName`. */
  add(
    nodeName: string,
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes?: Readonly<Record<string, Attribute>>,
    domain?: string,
  ): void;
}
