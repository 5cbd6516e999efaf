// A compiled engine on a device, over ONNX Runtime's C API: state stays in the device's memory between runs, inputs and
// results are arrays of ours.

import { boundaryOf, checkStateOutputs, checkStateSet, checkValues } from "../../contract/boundary.ts";
import type { Compiled, CompileOptions, Engine } from "../../contract/engine.ts";
import { serialQueue } from "../../contract/serial-queue.ts";
import type { Signature, TensorFunction, Values } from "../../contract/signature.ts";
import { arrayOf, type Data, sizeOf } from "../../graph/types.ts";
import { encodeFor, graphOf, type WeightStorage } from "../build-model.ts";
import type { Provider } from "../provider.ts";
import { optimizerOptions } from "../session.ts";
import type { DeviceProvider } from "./device-provider.ts";
import { createDeviceState, type DeviceState } from "./device-state.ts";
import { createNativeSession } from "./native-session.ts";
import { type NativeValue, nativeValues } from "./native-values.ts";
import type { NativeRuntime } from "./open-library.ts";

/** A provider that computes on a device. */
export type WithDevice = Provider & { readonly device: DeviceProvider };

/**
 * All sessions of a process use the device in turn: calls run on several threads, and sessions of WebGPU share a device
 * without a lock.
 */
const enqueue = serialQueue();

export function createDeviceEngine(
  runtime: NativeRuntime,
  provider: WithDevice,
  frozenWeights: WeightStorage = "float32",
): Engine {
  const name = frozenWeights === "float16" ? `${provider.name}+float16` : provider.name;
  return {
    name,
    threads: provider.threads,
    ...(provider.adapter === undefined ? {} : { adapter: provider.adapter }),
    async compile(fn, signature, options = {}) {
      if (options.precision === "float64" && (!provider.float64 || frozenWeights === "float16"))
        throw new Error(`engine ${name}: no float64: compile on "cpu"`);
      return enqueue(() => compile(runtime, provider, frozenWeights, fn, signature, options));
    },
  };
}

async function compile(
  runtime: NativeRuntime,
  provider: WithDevice,
  frozenWeights: WeightStorage,
  fn: TensorFunction,
  signature: Signature,
  options: CompileOptions,
): Promise<Compiled> {
  const { name = "function", profile } = options;
  const startTime = performance.now();
  const boundary = boundaryOf(name, signature, options.state ?? [], options.precision ?? "float32");
  const graph = graphOf(fn, signature, options.precision);
  checkStateOutputs(boundary, graph.outputs);
  const model = encodeFor(provider, frozenWeights, graph, name);
  const { inputs, outputs, inputTypes, outputTypes, fed, nodes, ops, constantBytes } = model;
  const encodedTime = performance.now();
  const settings = provider.options({ float64: options.precision === "float64" });
  const session = await createNativeSession(runtime, model, {
    inputNames: [...inputs.values(), ...fed.map(({ name }) => name)],
    outputNames: [...outputs.values()],
    settings: { ...settings, extra: { ...settings.extra, optimization: optimizerOptions(provider, frozenWeights) } },
    threads: provider.threads,
    device: provider.device,
    ...(profile === undefined ? {} : { profile }),
  }).catch((error: Error) => {
    throw new Error(`${name}: ONNX Runtime refuses the graph: ${error.message}`, { cause: error });
  });
  let state: DeviceState;
  try {
    state = createDeviceState(runtime, session, provider, provider.device, boundary.state);
  } catch (error) {
    session.release();
    throw error;
  }
  const native = nativeValues(runtime);
  const constants = fed.map((constant) => native.of(constant.data, constant));
  const report = {
    nodes,
    ops,
    constantBytes,
    traceMs: encodedTime - startTime,
    sessionMs: performance.now() - encodedTime,
  };
  let isDisposed = false;
  const enqueueUse = <T>(task: () => Promise<T>): Promise<T> =>
    enqueue(async () => {
      if (isDisposed) throw new Error(`${name} is disposed: compile it again`);
      return task();
    });

  const run = async (values: Values): Promise<Values> => {
    const bound: NativeValue[] = [];
    const bind = (array: Data, type: Parameters<typeof native.of>[1]): NativeValue => {
      const value = native.of(array, type);
      bound.push(value);
      return value;
    };
    try {
      const results: Values = {};
      const given = [...inputs.keys()].map((key) =>
        boundary.state.has(key) ? state.input(key) : bind(values[key]!, inputTypes.get(key)!),
      );
      const made = [...outputs.keys()].map((key) => {
        if (boundary.state.has(key)) return state.output(key);
        const { dtype, shape } = outputTypes.get(key)!;
        results[key] = new (arrayOf(dtype))(sizeOf(shape));
        return bind(results[key]!, { dtype, shape });
      });
      await session.run([...given, ...constants], made);
      state.advance();
      return results;
    } finally {
      for (const value of bound) native.release(value);
    }
  };

  return {
    run: (values) =>
      enqueueUse(async () => {
        checkValues(name, "input", values, boundary.inputs, true);
        checkStateSet(boundary, state);
        return run(values);
      }),
    setState: (values) =>
      enqueueUse(async () => {
        checkValues(name, "state", values, boundary.state, false);
        for (const [key, value] of Object.entries(values)) state.set(key, value);
      }),
    getState: () => enqueueUse(() => state.read()),
    report,
    dispose: () =>
      enqueue(async () => {
        if (isDisposed) return;
        isDisposed = true;
        state.dispose();
        for (const constant of constants) native.release(constant);
        try {
          if (profile !== undefined) session.endProfiling();
        } finally {
          session.release();
        }
      }),
  };
}
