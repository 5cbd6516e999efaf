import type { Tensor } from "onnxruntime-node";
import { boundaryOf, checkStateSet, checkValues } from "./boundary.ts";
import type { Compiled, CompileOptions, Engine } from "./engine.ts";
import type { Data, Type } from "./graph.ts";
import { turnTelemetryOff } from "./no-telemetry.ts";
import type { Provider } from "./provider.ts";
import { queue } from "./queue.ts";
import { startSession } from "./session.ts";
import type { Signature, TensorFunction, Values } from "./signature.ts";
import { carriedState } from "./state.ts";
import { updatedState } from "./update/updated-state.ts";

type Runtime = typeof import("onnxruntime-node");

/** Loads ONNX Runtime: the only place that does. Throws when its native library does not fit the machine. */
export async function loadRuntime(): Promise<Runtime> {
  turnTelemetryOff();
  const module = (await import("onnxruntime-node")) as Runtime & { default?: Runtime };
  return module.default ?? module;
}

/** A compiled engine: ONNX Runtime with one of its providers. */
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
  const { name = "function" } = options;
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
  const inTurn = queue();

  return {
    run: (values) =>
      inTurn(async () => {
        checkValues(name, "input", values, boundary.inputs, true);
        checkStateSet(boundary, state);
        const feeds: Record<string, Tensor> = { ...constants };
        const feed = (key: string, value: () => Tensor): void => {
          const inModel = inputs.get(key); // what nothing reads is not in the model
          if (inModel !== undefined) feeds[inModel] = value();
        };
        for (const [key, type] of boundary.inputs) feed(key, () => tensor(values[key]!, type));
        for (const [key, held] of state.feeds()) feed(key, () => held);
        const made = (await session.run(feeds)) as Record<string, Tensor>;
        state.advance((key) => made[outputs.get(key)!]!, values);
        const results: Values = {};
        for (const [key, inModel] of outputs) if (!state.outputs.has(key)) results[key] = made[inModel]!.data as Data;
        return results;
      }),
    setState: (values) =>
      inTurn(async () => {
        checkValues(name, "state", values, boundary.state, false);
        for (const [key, value] of Object.entries(values)) state.set(key, value);
      }),
    getState: (how = "copy") =>
      inTurn(async () => {
        const values = await state.read();
        if (how === "view") return values;
        return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value.slice()]));
      }),
    report,
    dispose: () =>
      inTurn(async () => {
        await state.dispose();
        if (options.profile !== undefined) session.endProfiling();
        await session.release();
      }),
  };
}
