import * as tf from "@tensorflow/tfjs";
import { type Boundary, boundaryOf, checkStateOutputs, checkStateSet, checkValues } from "./boundary.ts";
import type { Compiled, CompileOptions, Engine } from "./engine.ts";
import { arrayOf, type Data, type DType, type Type } from "./graph.ts";
import { withoutRandomness } from "./purity.ts";
import { queue } from "./queue.ts";
import { type Signature, type TensorFunction, typeOf, type Values } from "./signature.ts";

/**
 * An engine that runs the function op by op on a tfjs backend: the reference that compiled engines are tested against.
 * State stays on the backend as tensors. The active backend is changed only while the function runs.
 */
export function createEagerEngine(name: string, backend: string, threads: number): Engine {
  tf.enableProdMode(); // silences tfjs's advice on stderr to install its native backend, and changes nothing else
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
  const constants = on(backend, () =>
    Object.entries(signature).flatMap(([key, spec]): [string, tf.Tensor][] =>
      spec.value === undefined ? [] : [[key, tf.keep(tensorOf(spec.value, typeOf(spec)))]],
    ),
  );
  const replace = (key: string, tensor: tf.Tensor) => {
    state.get(key)?.dispose();
    state.set(key, tf.keep(tensor));
  };
  const inTurn = queue();

  return {
    run: (values) =>
      inTurn(async () => {
        checkValues(name, "input", values, boundary.inputs, true);
        checkStateSet(boundary, state);
        const made = on(backend, () => {
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
        for (const [key, tensor] of made) {
          results[key] = await dataOf(tensor);
          tensor.dispose();
        }
        return results;
      }),
    setState: (values) =>
      inTurn(async () => {
        checkValues(name, "state", values, boundary.state, false);
        on(backend, () => {
          for (const [key, value] of Object.entries(values)) replace(key, tensorOf(value, boundary.state.get(key)!));
        });
      }),
    getState: () =>
      inTurn(async () => {
        const copies: Values = {};
        for (const [key, tensor] of state) copies[key] = await dataOf(tensor);
        return copies;
      }),
    report: { nodes: 0, ops: {}, constantBytes: 0, traceMs: 0, sessionMs: 0 },
    dispose: () =>
      inTurn(async () => {
        for (const [, tensor] of [...constants, ...state]) tensor.dispose();
      }),
  };
}

/** Runs `f` with a tfjs backend active, in a scope of its own, and puts the previous one back, also when it throws. */
function on<T>(backend: string, f: () => T): T {
  const previous = tf.getBackend() as string | null | undefined; // none yet in a process that has run no op
  void tf.setBackend(backend); // takes effect at once: none of these backends starts asynchronously
  tf.engine().startScope("engine");
  try {
    return f();
  } finally {
    tf.engine().endScope();
    if (previous) void tf.setBackend(previous);
  }
}

/** Keeps what outlives the run: new state in its place, and copies of the other outputs to read. */
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
  // A clone shares its data: an output may be an input, a constant or the old state, which are disposed of on their own.
  const clones = entries.map(([key, tensor]): [string, tf.Tensor] => [key, tf.keep(tf.clone(tensor))]);
  for (const [key, tensor] of clones) if (boundary.state.has(key)) replace(key, tensor);
  return clones.filter(([key]) => !boundary.state.has(key));
}

const tensorOf = (data: Data, { shape, dtype }: Type) =>
  tf.tensor(data.slice() as Float32Array, [...shape], dtype as tf.DataType);

/** tfjs-cpu casts int32 to float32 by changing the label alone: the array is made the dtype's own. */
const dataOf = async (tensor: tf.Tensor): Promise<Data> => arrayOf(tensor.dtype as DType).from(await tensor.data());
