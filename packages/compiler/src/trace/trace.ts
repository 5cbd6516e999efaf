import * as tf from "@tensorflow/tfjs";
import { constantFrom, type Signature, type TensorFunction, typeOf } from "../contract/signature.ts";
import { type Graph, GraphBuilder, type Value } from "../graph/graph.ts";
import type { Data, Type } from "../graph/types.ts";
import { kernels } from "../kernels/index.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { fill } from "../kernels/shaping.ts";
import { at, placeOf, withoutRandomness } from "./purity.ts";

/**
 * Runs `fn` once on symbols and returns what it did, as a graph.
 *
 * While `fn` runs, the active tfjs backend is one whose kernels record nodes in place of computing. Gradients need no
 * care: tfjs's own autodiff calls the same kernels. Tensors made elsewhere, and values known when compiled, become
 * constants. Nothing global survives: the backend and its kernels are taken away and the previous backend is restored,
 * also when `fn` throws.
 *
 * Throws when `fn` reads a value that is not a constant, draws a random number, runs an op that has no kernel here, or returns
 * what it may not.
 */
export function trace(fn: TensorFunction, signature: Signature): Graph {
  const g = new GraphBuilder();
  const backend = new TraceBackend(g);
  const previous = tf.getBackend() as string | null | undefined; // none yet in a process that has run no op
  if (previous === BACKEND) throw new Error("trace: a trace is running already: finish it before starting another");
  tf.registerBackend(BACKEND, () => backend);
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    tf.registerKernel({ kernelName, backendName: BACKEND, kernelFunc: backend.kernelFunc(kernelName, kernel) });
  }
  tf.engine().startScope("trace");
  try {
    void tf.setBackend(BACKEND); // takes effect at once: only a backend that starts asynchronously is waited for
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

  /** The tfjs tensor that stands for a value. */
  tensor(value: Value): tf.Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.#info(value), this);
  }

  /** A kernel as tfjs calls it: tensor infos in, tensor infos out. */
  kernelFunc(name: string, kernel: Kernel): tf.KernelFunc {
    return ({ inputs, attrs }) => {
      const values = Object.fromEntries(
        Object.entries(inputs).map(([key, info]) => [key, info && this.#valueOf(info as unknown as tf.TensorInfo)]),
      );
      try {
        const made = kernel({ g: this.#builder, inputs: values as Record<string, Value>, attrs: attrs ?? {} });
        return Array.isArray(made) ? made.map((v) => this.#info(v)) : this.#info(made as Value);
      } catch (error) {
        throw new Error(`trace: tfjs kernel ${name}: ${(error as Error).message}${at(placeOf())}`, { cause: error });
      }
    };
  }

  outputs(made: Record<string, tf.Tensor>): Map<string, Value> {
    if (made === null || typeof made !== "object" || made instanceof tf.Tensor) {
      throw new Error(
        `trace: the function returned ${made instanceof tf.Tensor ? "a tensor" : String(made)}, wanted a record of named tensors`,
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
    // tf.ones and tf.zeros write arrays of one value, also inside of tfjs's gradients of sums and means.
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
      `trace: the value of ${what} was read while tracing${at(placeOf())}: it is known only when the compiled function runs. ` +
        "Write the choice with tf.where, or read it from the outputs of run",
    );
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(dataId: object): boolean {
    this.#values.delete(dataId);
    return true;
  }

  /** tfjs's profiler may hold on to a backend that is gone: let it hold no weights. */
  override dispose(): void {
    this.#values.clear();
    this.#builder = new GraphBuilder();
  }

  override numDataIds(): number {
    return this.#values.size;
  }

  /** Every tensor has a data id of its own, so that one reference is all there ever is. */
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
    return 1e-7; // what the other float32 backends give
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
    // Made on another backend: read there, and left there.
    const data = tf.engine().readSync(dataId as tf.DataId) as Data;
    const type = typeOf({ shape, dtype: dtype as Type["dtype"] });
    const value = constantFrom(this.#builder, "a tensor made outside", data.slice(), type);
    this.#values.set(dataId, value);
    return value;
  }
}
