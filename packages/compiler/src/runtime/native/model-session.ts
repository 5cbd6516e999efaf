// Creates the native session of a model as a provider wants it, and the report of compiling it.

import type { CompileOptions, Report } from "../../contract/engine.ts";
import type { BuiltModel, WeightStorage } from "../build-model.ts";
import type { Provider } from "../provider.ts";
import { optimizerOptions } from "../session.ts";
import { createNativeSession, type NativeSession, type NativeSessionOptions } from "./native-session.ts";
import type { NativeRuntime } from "./open-library.ts";

export interface ModelSession {
  readonly session: NativeSession;
  /** The times of tracing and of the session; call it when all is ready. */
  report(): Report;
  /** Ends the profile, if there is one, and frees the session. */
  release(): void;
}

/** Threads, and where the session computes, if not on the runtime's own CPU provider. */
type Place = Pick<NativeSessionOptions, "threads" | "library" | "device">;

export interface ModelSessionOptions extends Place {
  readonly frozenWeights: WeightStorage;
  readonly options: CompileOptions;
  /** When compiling began, before the function was traced. */
  readonly startTime: number;
}

export async function createModelSession(
  runtime: NativeRuntime,
  provider: Provider,
  model: BuiltModel,
  { frozenWeights, options: { name = "function", precision, profile }, startTime, ...place }: ModelSessionOptions,
): Promise<ModelSession> {
  const { inputs, outputs, fed, nodes, ops, constantBytes } = model;
  const encodedTime = performance.now();
  const settings = provider.options({ float64: precision === "float64" });
  const session = await createNativeSession(runtime, model, {
    inputNames: [...inputs.values(), ...fed.map(({ name }) => name)],
    outputNames: [...outputs.values()],
    settings: { ...settings, extra: { ...settings.extra, optimization: optimizerOptions(provider, frozenWeights) } },
    ...place,
    ...(profile === undefined ? {} : { profile }),
  }).catch((error: Error) => {
    throw new Error(`${name}: ONNX Runtime refuses the graph: ${error.message}`, { cause: error });
  });
  const traceMs = encodedTime - startTime;
  return {
    session,
    report: () => ({ nodes, ops, constantBytes, traceMs, sessionMs: performance.now() - encodedTime }),
    release() {
      try {
        if (profile !== undefined) session.endProfiling();
      } finally {
        session.release();
      }
    },
  };
}
