// A compiled engine: ONNX Runtime with one of its providers, over Node's binding.

import type { Tensor } from "onnxruntime-node";
import type { Engine } from "../contract/engine.ts";
import type { Values } from "../contract/signature.ts";
import type { Data } from "../graph/types.ts";
import type { FedConstant } from "../onnx/encode.ts";
import type { WeightStorage } from "./build-model.ts";
import type { Runtime } from "./load-runtime.ts";
import type { Provider } from "./provider.ts";
import { type ProviderSession, providerEngine, type Source } from "./provider-engine.ts";
import { startSession } from "./session.ts";
import { carriedState } from "./state.ts";
import { updatedState } from "./updated-state.ts";

export function createOnnxEngine(ort: Runtime, provider: Provider, frozenWeights: WeightStorage = "float32"): Engine {
  const start = async ({ fn, signature, boundary, options }: Source): Promise<ProviderSession> => {
    const { session, inputs, outputs, fed, update, report } = await startSession(
      ort,
      provider,
      frozenWeights,
      boundary,
      fn,
      signature,
      options,
    );
    const { profile } = options;
    const state = update ? updatedState(ort, update) : carriedState(ort, provider, boundary.state);
    const tensor = (data: FedConstant["data"], { dtype, shape }: Pick<FedConstant, "dtype" | "shape">): Tensor =>
      new ort.Tensor(dtype as "float32", data as Float32Array, shape);
    const constants = Object.fromEntries(fed.map((constant) => [constant.name, tensor(constant.data, constant)]));
    return {
      report,
      has: (key) => state.has(key),
      set: (key, value) => state.set(key, value),
      read: () => state.read(),
      async run(values) {
        const feeds: Record<string, Tensor> = { ...constants };
        const feed = (key: string, value: () => Tensor): void => {
          const modelName = inputs.get(key); // an input that no node reads is not in the model
          if (modelName !== undefined) feeds[modelName] = value();
        };
        for (const [key, type] of boundary.inputs) feed(key, () => tensor(values[key]!, type));
        for (const [key, held] of state.feeds()) feed(key, () => held);
        const modelOutputs = (await session.run(feeds)) as Record<string, Tensor>;
        state.advance((key) => modelOutputs[outputs.get(key)!]!, values);
        const results: Values = {};
        for (const [key, modelName] of outputs)
          if (!state.outputs.has(key)) results[key] = modelOutputs[modelName]!.data as Data;
        return results;
      },
      async dispose() {
        await state.dispose();
        if (profile !== undefined) session.endProfiling();
        await session.release();
      },
    };
  };
  return providerEngine(provider, { frozenWeights }, start);
}
