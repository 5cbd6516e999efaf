// Tracing: runs a tensor function on a tfjs backend that records a graph in place of computing.

import * as tf from "@dit-bench/tfjs";
import { constantFrom, type Signature, type TensorFunction, typeOf } from "../contract/signature.ts";
import { type Graph, GraphBuilder, type Value } from "../graph/graph.ts";
import type { Data, Type } from "../graph/types.ts";
import { kernels } from "../kernels/index.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { fill } from "../kernels/shaping.ts";
import { atSite, callerSite, withoutRandomness } from "./purity.ts";

/**
 * Runs `fn` once on symbolic tensors and returns its computation as a graph.
 *
 * While `fn` runs, the active tfjs backend is one whose kernels record nodes. Gradients need nothing special: tfjs's
 * autodiff calls the same kernels. Tensors made elsewhere, and values in the signature, become constants. No global
 * state survives: the backend and its kernels are removed and the previous backend is restored, also when `fn` throws.
 *
 * Throws if `fn` reads a value that is not constant, generates random numbers, runs an op that has no kernel here, or
 * does not return a record of tensors.
 */
export function trace(fn: TensorFunction, signature: Signature): Graph {
  const g = new GraphBuilder();
  const backend = new TraceBackend(g);
  const previous = tf.getBackend() as string | null | undefined; // undefined in a process that has run no op
  if (previous === BACKEND) throw new Error("trace: a trace is running already: finish it before starting another");
  tf.registerBackend(BACKEND, () => backend);
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    tf.registerKernel({ kernelName, backendName: BACKEND, kernelFunc: backend.kernelFunc(kernelName, kernel) });
  }
  tf.engine().startScope("trace");
  try {
    void tf.setBackend(BACKEND); // effective at once: only backends that start asynchronously have to be awaited
    const inputs = Object.fromEntries(
      Object.entries(signature).map(([name, spec]) => {
        const type = typeOf(spec);
        const value = spec.value === undefined ? g.input(name, type) : constantFrom(g, name, spec.value, type);
        return [name, backend.tensor(value)];
      }),
    );
    return g.finish(backend.outputs(withoutRandomness(() => fn(inputs))));
  } finally {
    tf.engine().endScope();
    for (const kernelName of Object.keys(kernels)) tf.unregisterKernel(kernelName, BACKEND);
    if (previous) void tf.setBackend(previous);
    tf.removeBackend(BACKEND);
  }
}

const BACKEND = "dit-bench-trace";

class TraceBackend extends tf.KernelBackend {
  #builder: GraphBuilder;
  readonly #values = new Map<object, Value>();

  constructor(builder: GraphBuilder) {
    super();
    this.#builder = builder;
  }

  /** A tfjs tensor that represents a value. */
  tensor(value: Value): tf.Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.#info(value), this);
  }

  /** A kernel as tfjs calls it, from tensor infos to tensor infos. */
  kernelFunc(name: string, kernel: Kernel): tf.KernelFunc {
    return ({ inputs, attrs }) => {
      const values = Object.fromEntries(
        Object.entries(inputs).map(([key, info]) => [key, info && this.#valueOf(info as unknown as tf.TensorInfo)]),
      );
      try {
        const outputs = kernel({ g: this.#builder, inputs: values as Record<string, Value>, attrs: attrs ?? {} });
        return Array.isArray(outputs) ? outputs.map((v) => this.#info(v)) : this.#info(outputs as Value);
      } catch (error) {
        throw new Error(`trace: tfjs kernel ${name}: ${(error as Error).message}${atSite(callerSite())}`, {
          cause: error,
        });
      }
    };
  }

  outputs(made: Record<string, tf.Tensor>): Map<string, Value> {
    if (made === null || typeof made !== "object" || made instanceof tf.Tensor) {
      throw new Error(
        `trace: the function returned ${made instanceof tf.Tensor ? "a tensor" : String(made)}, ` +
          "wanted a record of named tensors",
      );
    }
    const entries = Object.entries(made).map(([name, tensor]): [string, Value] => {
      if (!(tensor instanceof tf.Tensor))
        throw new Error(`trace: output "${name}" is ${String(tensor)}, wanted a tensor`);
      return [name, this.#valueOf(tensor)];
    });
    if (entries.length === 0)
      throw new Error("trace: the function returned no outputs, wanted at least one named tensor");
    return new Map(entries);
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    const type = typeOf({ shape, dtype: dtype as Type["dtype"] });
    const data = values as Data;
    // tf.ones and tf.zeros write arrays of one value; tfjs's gradients of sums and means call them.
    const uniform = data.length > 1 && data.every((x) => Object.is(x, data[0]));
    const value = uniform
      ? fill(this.#builder, shape, Number(data[0]), type.dtype)
      : constantFrom(this.#builder, "a tensor made while tracing", data, type);
    return this.#info(value).dataId;
  }

  override readSync(dataId: object): tf.BackendValues {
    const value = this.#values.get(dataId);
    if (value?.source.kind === "constant") return value.source.data as tf.BackendValues;
    const source = value?.source;
    const what =
      source?.kind === "input" ? `input "${source.name}"` : source ? `the result of ${source.node.name}` : "a tensor";
    throw new Error(
      `trace: the value of ${what} was read while tracing${atSite(callerSite())}: ` +
        "it is known only when the compiled function runs; choose by it with tf.where, or read it from run's outputs",
    );
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(dataId: object): boolean {
    this.#values.delete(dataId);
    return true;
  }

  /** tfjs's profiler may still reference a removed backend: it must not keep the weights alive. */
  override dispose(): void {
    this.#values.clear();
    this.#builder = new GraphBuilder();
  }

  override numDataIds(): number {
    return this.#values.size;
  }

  /** Every tensor has its own data id, so there is never more than one reference. */
  override refCount(): number {
    return 1;
  }
  override incRef(): void {}
  decRef(): void {}

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7; // as tfjs's other float32 backends
  }
  override timerAvailable(): boolean {
    return false;
  }

  #info(value: Value): tf.TensorInfo {
    const dataId = {};
    this.#values.set(dataId, value);
    return { dataId, shape: [...value.shape], dtype: value.dtype as tf.DataType };
  }

  #valueOf({ dataId, shape, dtype }: tf.TensorInfo): Value {
    const known = this.#values.get(dataId);
    if (known) return known;
    // The tensor was made on another backend. Its values are read there; the tensor stays there.
    const data = tf.engine().readSync(dataId as tf.DataId) as Data;
    const type = typeOf({ shape, dtype: dtype as Type["dtype"] });
    const value = constantFrom(this.#builder, "a tensor made outside", data.slice(), type);
    this.#values.set(dataId, value);
    return value;
  }
}
