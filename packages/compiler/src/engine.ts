import type { Signature, TensorFunction, Values } from "./signature.ts";

export interface CompileOptions {
  /** For messages and profiles. */
  readonly name?: string;
  /** Inputs that are also outputs, of the same name and type: kept by the engine and carried from run to run. */
  readonly state?: readonly string[];
  /** float64 computes, takes and gives Float64Array in place of Float32Array; it is for gradient checks. */
  readonly precision?: "float32" | "float64";
  /** Start of the path of a file to which the runtime writes, on `dispose`, how long each node took and which provider ran it. */
  readonly profile?: string;
}

export interface Compiled {
  /**
   * Runs the function once. Takes every input that is neither constant nor state; resolves to every output that is not state.
   * Runs of one compiled function do not overlap: wait for one before starting the next.
   */
  run(inputs: Values): Promise<Values>;
  /** Sets some or all of the state, by copy. */
  setState(values: Values): Promise<void>;
  /** The whole state: a copy, or, to be read before the next run and left alone, the engine's own arrays where it has such. */
  getState(how?: "copy" | "view"): Promise<Values>;
  readonly report: Report;
  dispose(): Promise<void>;
}

export interface Report {
  readonly nodes: number;
  /** Nodes by op. */
  readonly ops: Readonly<Record<string, number>>;
  /** Size of the larger constants, as the session is given them. */
  readonly constantBytes: number;
  /** Tracing, passes and encoding. */
  readonly traceMs: number;
  /** Making the session: the runtime's own optimizer, and packing of constant weights. */
  readonly sessionMs: number;
}

export interface Engine {
  readonly name: string;
  readonly threads: number;
  /** What it computes on, where that is not the processor. */
  readonly adapter?: string;
  /** Why `auto` took it. */
  readonly reason?: string;
  compile(fn: TensorFunction, signature: Signature, options?: CompileOptions): Promise<Compiled>;
}
