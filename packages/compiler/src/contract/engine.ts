// The interface of engines: compile a tensor function once, run it many times.

import type { Parts } from "./parts.ts";
import type { Signature, TensorFunction, Values } from "./signature.ts";

export interface Engine {
  readonly name: string;
  readonly threads: number;
  /** The device that computes; absent for the CPU. */
  readonly adapter?: string;
  /** Why `auto` chose this engine. */
  readonly reason?: string;
  compile(fn: TensorFunction, signature: Signature, options?: CompileOptions): Promise<Compiled>;
}

export interface CompileOptions {
  /** For messages and profiles. */
  readonly name?: string;
  /** Inputs that are also outputs of the same name and type: the engine keeps them from one run to the next. */
  readonly state?: readonly string[];
  /**
   * float64 computes in double, with Float64Array in place of Float32Array for inputs and outputs. For gradient checks.
   */
  readonly precision?: "float32" | "float64";
  /**
   * Path prefix of a file to which the runtime writes, on `dispose`, each node's time and provider. See readProfile.
   */
  readonly profile?: string;
  /**
   * The same function as micro-batches, which an engine may run side by side: `fn` must be `wholeOf(parts)`. The
   * results have the same bits.
   */
  readonly parts?: Parts;
}

export interface Compiled {
  /**
   * Runs the function once. Takes every input that is neither constant nor state; resolves to every output that is not
   * state. Runs of one compiled function never overlap: they are queued in the order of the calls.
   */
  run(inputs: Values): Promise<Values>;
  /** Sets some or all of the state, by copy. */
  setState(values: Values): Promise<void>;
  /**
   * The whole state. `view` returns the engine's own arrays if the state is on the host: read them before the next run,
   * and do not write to them.
   */
  getState(how?: "copy" | "view"): Promise<Values>;
  readonly report: Report;
  dispose(): Promise<void>;
}

/** Figures of a compiled function: nodes, bytes, and times of compilation. */
export interface Report {
  readonly nodes: number;
  /** Number of ONNX nodes of each op. */
  readonly ops: Readonly<Record<string, number>>;
  /** Bytes of the larger constants, as the session receives them. */
  readonly constantBytes: number;
  /** Tracing, passes and encoding. */
  readonly traceMs: number;
  /** Creating the session: the runtime's own optimizer, and packing of constant weights. */
  readonly sessionMs: number;
}
