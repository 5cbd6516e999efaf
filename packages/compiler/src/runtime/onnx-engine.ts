// A compiled engine: ONNX Runtime with one of its providers.

import type { Tensor } from "onnxruntime-node";
import { boundaryOf, checkStateSet, checkValues } from "../contract/boundary.ts";
import type { Compiled, CompileOptions, Engine } from "../contract/engine.ts";
import { serialQueue } from "../contract/serial-queue.ts";
import type { Signature, TensorFunction, Values } from "../contract/signature.ts";
import type { Data, Type } from "../graph/types.ts";
import type { Runtime } from "./load-runtime.ts";
import type { Provider } from "./provider.ts";
import { startSession } from "./session.ts";
import { carriedState } from "./state.ts";
import { updatedState } from "./updated-state.ts";

/** @param frozenWeights how large constant matrices are stored */
export function createOnnxEngine(
  ort: Runtime,
  provider: Provider,
  frozenWeights: "float32" | "float16" = "float32",
): Engine {
  const name = frozenWeights === "float16" ? `${provider.name}+float16` : provider.name;
  return {
    name,
    threads: provider.threads,
    ...(provider.adapter === undefined ? {} : { adapter: provider.adapter }),
    async compile(fn, signature, options = {}) {
      if (options.precision === "float64" && (!provider.float64 || frozenWeights === "float16"))
        throw new Error(`engine ${name}: no float64: compile on "cpu"`);
      return compile(ort, provider, frozenWeights, fn, signature, options);
    },
  };
}

async function compile(
  ort: Runtime,
  provider: Provider,
  frozenWeights: "float32" | "float16",
  fn: TensorFunction,
  signature: Signature,
  options: CompileOptions,
): Promise<Compiled> {
  const { name = "function", profile } = options; // nothing that is returned references the function's constants
  const boundary = boundaryOf(name, signature, options.state ?? [], options.precision ?? "float32");
  const { session, inputs, outputs, fed, update, report } = await startSession(
    ort,
    provider,
    frozenWeights,
    boundary,
    fn,
    signature,
    options,
  );
  const state = update ? updatedState(ort, update) : carriedState(ort, provider, boundary.state);
  const tensor = (data: Data, { dtype, shape }: Type): Tensor =>
    new ort.Tensor(dtype as "float32", data as Float32Array, shape);
  const constants = Object.fromEntries(
    fed.map(({ name, dtype, shape, data }) => [name, new ort.Tensor(dtype as "float32", data as Float32Array, shape)]),
  );
  const enqueue = serialQueue();

  return {
    run: (values) =>
      enqueue(async () => {
        checkValues(name, "input", values, boundary.inputs, true);
        checkStateSet(boundary, state);
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
      }),
    setState: (values) =>
      enqueue(async () => {
        checkValues(name, "state", values, boundary.state, false);
        for (const [key, value] of Object.entries(values)) state.set(key, value);
      }),
    getState: (how = "copy") =>
      enqueue(async () => {
        const values = await state.read();
        if (how === "view") return values;
        return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value.slice()]));
      }),
    report,
    dispose: () =>
      enqueue(async () => {
        await state.dispose();
        if (profile !== undefined) session.endProfiling();
        await session.release();
      }),
  };
}
