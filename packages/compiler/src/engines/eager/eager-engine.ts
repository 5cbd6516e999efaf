// An engine that runs functions op by op on a tfjs backend.

import * as tf from "@dit-bench/tfjs";
import { type Boundary, boundaryOf, checkStateOutputs, checkStateSet, checkValues } from "../../contract/boundary.ts";
import type { Compiled, CompileOptions, Engine } from "../../contract/engine.ts";
import { serialQueue } from "../../contract/serial-queue.ts";
import { type Signature, type TensorFunction, typeOf, type Values } from "../../contract/signature.ts";
import { arrayOf, type Data, type DType, type Type } from "../../graph/types.ts";
import { withoutRandomness } from "../../trace/purity.ts";

/**
 * An eager engine: the reference that compiled engines are tested against. State stays on the backend as tensors. The
 * active tfjs backend changes only while the function runs.
 *
 * @param backend tfjs's name of the backend
 * @param threads for records; the backend chooses its own number
 */
export function createEagerEngine(name: string, backend: string, threads: number): Engine {
  tf.enableProdMode(); // its only effect here: no advice on stderr to install tfjs-node
  return {
    name,
    threads,
    async compile(fn, signature, options = {}) {
      if (options.precision === "float64") throw new Error(`engine ${name}: tfjs has no float64: compile on "cpu"`);
      return compile(backend, fn, signature, options);
    },
  };
}

async function compile(
  backend: string,
  fn: TensorFunction,
  signature: Signature,
  { name = "function", state: stateNames = [] }: CompileOptions,
): Promise<Compiled> {
  const boundary = boundaryOf(name, signature, stateNames, "float32");
  const state = new Map<string, tf.Tensor>();
  const constants = withBackend(backend, () =>
    Object.entries(signature).flatMap(([key, spec]): [string, tf.Tensor][] =>
      spec.value === undefined ? [] : [[key, tf.keep(tensorOf(spec.value, typeOf(spec)))]],
    ),
  );
  const replace = (key: string, tensor: tf.Tensor) => {
    state.get(key)?.dispose();
    state.set(key, tf.keep(tensor));
  };
  const enqueue = serialQueue();

  return {
    run: (values) =>
      enqueue(async () => {
        checkValues(name, "input", values, boundary.inputs, true);
        checkStateSet(boundary, state);
        const outputs = withBackend(backend, () => {
          const inputs = [...boundary.inputs].map(([key, type]): [string, tf.Tensor] => [
            key,
            tensorOf(values[key]!, type),
          ]);
          const given = Object.fromEntries([...constants, ...state, ...inputs]);
          return keepOutputs(
            boundary,
            withoutRandomness(() => fn(given)),
            replace,
          );
        });
        const results: Values = {};
        for (const [key, tensor] of outputs) {
          results[key] = await dataOf(tensor);
          tensor.dispose();
        }
        return results;
      }),
    setState: (values) =>
      enqueue(async () => {
        checkValues(name, "state", values, boundary.state, false);
        withBackend(backend, () => {
          for (const [key, value] of Object.entries(values)) replace(key, tensorOf(value, boundary.state.get(key)!));
        });
      }),
    getState: () =>
      enqueue(async () => {
        const copies: Values = {};
        for (const [key, tensor] of state) copies[key] = await dataOf(tensor);
        return copies;
      }),
    report: { nodes: 0, ops: {}, constantBytes: 0, traceMs: 0, sessionMs: 0 },
    dispose: () =>
      enqueue(async () => {
        for (const [, tensor] of [...constants, ...state]) tensor.dispose();
      }),
  };
}

/**
 * Runs `f` with a tfjs backend active, in a scope of its own, and restores the previous backend, also when `f` throws.
 */
function withBackend<T>(backend: string, f: () => T): T {
  const previous = tf.getBackend() as string | null | undefined; // undefined in a process that has run no op
  void tf.setBackend(backend); // effective at once: none of these backends starts asynchronously
  tf.engine().startScope("engine");
  try {
    return f();
  } finally {
    tf.engine().endScope();
    if (previous) void tf.setBackend(previous);
  }
}

/** Keeps the tensors that outlive the run: replaces the state, and returns the other outputs. */
function keepOutputs(
  boundary: Boundary,
  outputs: Record<string, tf.Tensor>,
  replace: (key: string, tensor: tf.Tensor) => void,
): [string, tf.Tensor][] {
  const entries = Object.entries(outputs);
  checkStateOutputs(
    boundary,
    new Map(entries.map(([key, { shape, dtype }]) => [key, { shape, dtype: dtype as DType }])),
  );
  // Clones share data. They are needed because an output may be an input, a constant or the previous state, which are
  // disposed of separately.
  const clones = entries.map(([key, tensor]): [string, tf.Tensor] => [key, tf.keep(tf.clone(tensor))]);
  for (const [key, tensor] of clones) if (boundary.state.has(key)) replace(key, tensor);
  return clones.filter(([key]) => !boundary.state.has(key));
}

const tensorOf = (data: Data, { shape, dtype }: Type) =>
  tf.tensor(data.slice() as Float32Array, [...shape], dtype as tf.DataType);

/** tfjs-cpu casts int32 to float32 by changing the dtype only, so the array may have another type. */
const dataOf = async (tensor: tf.Tensor): Promise<Data> => arrayOf(tensor.dtype as DType).from(await tensor.data());
