// Makes a session of ONNX Runtime from a tensor function: traces, optimizes and encodes it, and creates the session.

import type { InferenceSession } from "onnxruntime-node";
import { type Boundary, checkStateOutputs } from "../contract/boundary.ts";
import type { CompileOptions, Report } from "../contract/engine.ts";
import type { Signature, TensorFunction } from "../contract/signature.ts";
import type { FedConstant } from "../onnx/encode.ts";
import { encodeFor, graphOf, type Separated, separateUpdate, type WeightStorage } from "./build-model.ts";
import type { Runtime } from "./load-runtime.ts";
import type { Provider } from "./provider.ts";

export interface Started {
  readonly session: InferenceSession;
  /** Names in the model, by names at the boundary. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
  /** Constants that the session does not own: every run passes them as inputs. */
  readonly fed: readonly FedConstant[];
  /** How the host computes the updated state from the session's outputs; absent if the session itself does. */
  readonly update?: NonNullable<Separated["update"]>;
  readonly report: Report;
}

/** Nothing that is returned references the graph, so it is freed, with all its constants except the fed ones. */
export async function startSession(
  ort: Runtime,
  provider: Provider,
  frozenWeights: WeightStorage,
  boundary: Boundary,
  fn: TensorFunction,
  signature: Signature,
  options: CompileOptions,
): Promise<Started> {
  const startTime = performance.now();
  const wholeGraph = graphOf(fn, signature, options.precision);
  checkStateOutputs(boundary, wholeGraph.outputs);
  // A device keeps its state. On the host the runtime copies every output, so updating the state in place is faster.
  const { graph, update } = provider.residence
    ? { graph: wholeGraph }
    : separateUpdate(wholeGraph, [...boundary.state.keys()]);
  const model = encodeFor(provider, frozenWeights, graph, boundary.name);
  const { bytes, external, fed, inputs, outputs, ops, nodes, constantBytes } = model;
  const encodedTime = performance.now();
  const providerOptions = provider.options({ float64: options.precision === "float64" });
  const stateOutputs = [...outputs].filter(([key]) => boundary.state.has(key)).map(([, modelName]) => modelName);
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(bytes, {
      ...providerOptions,
      externalData: external.map(({ path, data }) => ({ path, data })),
      ...(provider.residence && stateOutputs.length > 0
        ? { preferredOutputLocation: Object.fromEntries(stateOutputs.map((name) => [name, provider.residence!])) }
        : {}),
      ...(options.profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profile }),
      extra: { ...providerOptions.extra, optimization: optimizerOptions(provider, frozenWeights) },
    });
  } catch (error) {
    throw new Error(`${boundary.name}: ONNX Runtime refuses the graph: ${(error as Error).message}`, { cause: error });
  }
  const report = {
    nodes,
    ops,
    constantBytes,
    traceMs: encodedTime - startTime,
    sessionMs: performance.now() - encodedTime,
  };
  return { session, inputs, outputs, fed, ...(update && { update }), report };
}

/** Options that disable parts of the runtime's own graph optimizer. */
export function optimizerOptions({ withoutOptimizers }: Provider, frozenWeights: WeightStorage) {
  // Constant folding and FuseFp16InitializerToFp32NodeTransformer would widen float16 weights once, for good.
  // CommonSubexpressionElimination would share one widened copy between forward and backward pass, and keep it between
  // them.
  const widening =
    frozenWeights === "float16" ? ["FuseFp16InitializerToFp32NodeTransformer", "CommonSubexpressionElimination"] : [];
  const disabled = [...withoutOptimizers, ...widening];
  return {
    ...(disabled.length > 0 ? { disable_specified_optimizers: disabled.join(";") } : {}),
    ...(frozenWeights === "float16" ? { constant_folding_max_output_size_in_bytes: "1024" } : {}),
  };
}
