// A compiled engine over ONNX Runtime's C API: inputs, outputs and state are arrays of ours, and micro-batches run side
// by side.

import type { Engine } from "../../contract/engine.ts";
import type { Graph } from "../../graph/graph.ts";
import { encodeFor, type WeightStorage } from "../build-model.ts";
import type { Provider } from "../provider.ts";
import { type ProviderSession, providerEngine, type Source } from "../provider-engine.ts";
import { createModelSession } from "./model-session.ts";
import { createRunner } from "./native-run.ts";
import type { ProviderLibrary } from "./native-session.ts";
import { type NativeRuntime, simultaneousCalls } from "./open-library.ts";
import { planRun } from "./run-plan.ts";

export interface NativeEngineOptions {
  readonly frozenWeights?: WeightStorage;
  /** The name of the engine, where it is not the provider's. */
  readonly name?: string;
  /**
   * The provider, where it is not one of the runtime's own.
   *
   * @param lanes number of parts that run at the same time
   * @param graph of one part
   */
  library?(lanes: number, graph: Graph): ProviderLibrary;
}

export function createNativeEngine(
  runtime: NativeRuntime,
  provider: Provider,
  { frozenWeights = "float32", name, library }: NativeEngineOptions = {},
): Engine {
  const start = async ({ fn, signature, boundary, options }: Source): Promise<ProviderSession> => {
    const startTime = performance.now();
    const { graph, ...plan } = planRun(fn, signature, boundary, options);
    const model = encodeFor(provider, frozenWeights, graph, boundary.name);
    const lanes = Math.min(plan.count, plan.lanes, provider.threads, simultaneousCalls());
    const { session, report, release } = await createModelSession(runtime, provider, model, {
      frozenWeights,
      options,
      startTime,
      // Lanes share the threads that they leave over: with as many lanes as threads each run is on one thread.
      threads: provider.threads - lanes + 1,
      ...(library && { library: library(lanes, graph) }),
    });
    try {
      const runner = createRunner(runtime, session, {
        ...{ plan, model, boundary, lanes, threads: provider.threads },
        name: name ?? provider.name,
      });
      return {
        ...runner,
        report: report(),
        dispose() {
          runner.dispose();
          release();
        },
      };
    } catch (error) {
      session.release();
      throw error;
    }
  };
  return providerEngine(provider, { frozenWeights, name }, start);
}
