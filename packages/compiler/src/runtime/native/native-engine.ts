// A compiled engine over ONNX Runtime's C API: inputs, outputs and state are arrays of ours, and micro-batches run side
// by side.

import { boundaryOf, checkStateSet, checkValues } from "../../contract/boundary.ts";
import type { Compiled, CompileOptions, Engine } from "../../contract/engine.ts";
import { serialQueue } from "../../contract/serial-queue.ts";
import type { Signature, TensorFunction, Values } from "../../contract/signature.ts";
import type { Graph } from "../../graph/graph.ts";
import { encodeFor, type WeightStorage } from "../build-model.ts";
import type { Provider } from "../provider.ts";
import { optimizerOptions } from "../session.ts";
import { createRunner, type Runner } from "./native-run.ts";
import { createNativeSession, type ProviderLibrary } from "./native-session.ts";
import { type NativeRuntime, simultaneousCalls } from "./open-library.ts";
import { planRun } from "./run-plan.ts";

export interface NativeEngineOptions {
  readonly frozenWeights?: WeightStorage;
  /** The name of the engine, where it is not the provider's. */
  readonly name?: string;
  /** The provider, where it is not one of the runtime's own; `lanes` parts run at the same time, each with the graph. */
  library?(lanes: number, graph: Graph): ProviderLibrary;
}

export function createNativeEngine(
  runtime: NativeRuntime,
  provider: Provider,
  engineOptions: NativeEngineOptions = {},
): Engine {
  const { frozenWeights = "float32" } = engineOptions;
  const name = engineOptions.name ?? (frozenWeights === "float16" ? `${provider.name}+float16` : provider.name);
  return {
    name,
    threads: provider.threads,
    async compile(fn, signature, options = {}) {
      if (options.precision === "float64" && (!provider.float64 || frozenWeights === "float16"))
        throw new Error(`engine ${name}: no float64: compile on "cpu"`);
      return compile(runtime, provider, engineOptions, fn, signature, options);
    },
  };
}

async function compile(
  runtime: NativeRuntime,
  provider: Provider,
  { frozenWeights = "float32", library }: NativeEngineOptions,
  fn: TensorFunction,
  signature: Signature,
  options: CompileOptions,
): Promise<Compiled> {
  const { name = "function", profile } = options; // nothing that is returned references the function's constants
  const startTime = performance.now();
  const boundary = boundaryOf(name, signature, options.state ?? [], options.precision ?? "float32");
  const { graph, ...plan } = planRun(fn, signature, boundary, options);
  const model = encodeFor(provider, frozenWeights, graph, name);
  const { inputs, outputs, fed, nodes, ops, constantBytes } = model;
  const encodedTime = performance.now();
  const lanes = Math.min(plan.count, plan.lanes, provider.threads, simultaneousCalls());
  // Lanes share the threads that they leave over: with as many lanes as threads each run is on one thread.
  const threads = provider.threads - lanes + 1;
  const settings = provider.options({ float64: options.precision === "float64" });
  const session = await createNativeSession(runtime, model, {
    inputNames: [...inputs.values(), ...fed.map(({ name }) => name)],
    outputNames: [...outputs.values()],
    settings: { ...settings, extra: { ...settings.extra, optimization: optimizerOptions(provider, frozenWeights) } },
    threads,
    ...(library && { library: library(lanes, graph) }),
    ...(profile === undefined ? {} : { profile }),
  }).catch((error: Error) => {
    throw new Error(`${name}: ONNX Runtime refuses the graph: ${error.message}`, { cause: error });
  });
  let runner: Runner;
  try {
    runner = createRunner(runtime, session, plan, model, boundary, lanes, provider.threads);
  } catch (error) {
    session.release();
    throw error;
  }
  const report = {
    nodes,
    ops,
    constantBytes,
    traceMs: encodedTime - startTime,
    sessionMs: performance.now() - encodedTime,
  };
  const enqueue = serialQueue();
  let isDisposed = false;
  const enqueueUse = <T>(task: () => Promise<T>): Promise<T> =>
    enqueue(async () => {
      if (isDisposed) throw new Error(`${name} is disposed: compile it again`);
      return task();
    });
  return {
    run: (values) =>
      enqueueUse(async () => {
        checkValues(name, "input", values, boundary.inputs, true);
        checkStateSet(boundary, runner);
        return runner.run(values);
      }),
    setState: (values) =>
      enqueueUse(async () => {
        checkValues(name, "state", values, boundary.state, false);
        for (const [key, value] of Object.entries(values)) runner.set(key, value);
      }),
    getState: (how = "copy") =>
      enqueueUse(async () => {
        const values: Values = runner.state();
        if (how === "view") return values;
        return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value.slice()]));
      }),
    report,
    dispose: () =>
      enqueue(async () => {
        if (isDisposed) return;
        isDisposed = true;
        runner.dispose();
        try {
          if (profile !== undefined) session.endProfiling();
        } finally {
          session.release();
        }
      }),
  };
}
