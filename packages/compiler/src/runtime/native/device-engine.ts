// A compiled engine on a device, over ONNX Runtime's C API: state stays in the device's memory between runs, inputs and
// results are arrays of ours.

import { checkStateOutputs } from "../../contract/boundary.ts";
import type { Engine } from "../../contract/engine.ts";
import { serialQueue } from "../../contract/serial-queue.ts";
import type { Values } from "../../contract/signature.ts";
import { arrayOf, type Data, sizeOf } from "../../graph/types.ts";
import { encodeFor, graphOf, type WeightStorage } from "../build-model.ts";
import type { Provider } from "../provider.ts";
import { type ProviderSession, providerEngine, type Source } from "../provider-engine.ts";
import type { DeviceProvider } from "./device-provider.ts";
import { createDeviceState, type DeviceState } from "./device-state.ts";
import { createModelSession } from "./model-session.ts";
import { type NativeType, type NativeValue, nativeValues } from "./native-values.ts";
import type { NativeRuntime } from "./open-library.ts";
import { outputCheck } from "./output-check.ts";

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
  const start = async ({ fn, signature, boundary, options }: Source): Promise<ProviderSession> => {
    const startTime = performance.now();
    const graph = graphOf(fn, signature, options.precision);
    checkStateOutputs(boundary, graph.outputs);
    const model = encodeFor(provider, frozenWeights, graph, boundary.name);
    const { inputs, outputs, inputTypes, outputTypes, fed } = model;
    const { threads, device } = provider;
    const { session, report, release } = await createModelSession(runtime, provider, model, {
      ...{ frozenWeights, options, startTime, threads, device },
    });
    const native = nativeValues(runtime);
    const constants: NativeValue[] = [];
    let state: DeviceState;
    try {
      for (const constant of fed) constants.push(native.of(constant.data, constant));
      state = createDeviceState(runtime, session, provider, device, boundary.state);
    } catch (error) {
      for (const constant of constants) native.release(constant);
      session.release();
      throw error;
    }
    return {
      report: report(),
      has: (key) => state.has(key),
      set: (key, value) => state.set(key, value),
      read: () => state.read(),
      readsNewArrays: true,
      async run(values) {
        const bound: NativeValue[] = [];
        const bind = (array: Data, type: NativeType): NativeValue => {
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
          const check = outputCheck(Object.values(results), `${boundary.name}: engine ${provider.name}`);
          check.mark();
          await session.run([...given, ...constants], made);
          check.requireWritten();
          state.advance();
          return results;
        } finally {
          for (const value of bound) native.release(value);
        }
      },
      dispose() {
        state.dispose();
        for (const constant of constants) native.release(constant);
        release();
      },
    };
  };
  return providerEngine(provider, { frozenWeights, enqueue }, start);
}
