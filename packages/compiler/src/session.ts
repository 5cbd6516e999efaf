import type { InferenceSession } from "onnxruntime-node";
import { type Boundary, checkStateOutputs } from "./boundary.ts";
import type { CompileOptions, Report } from "./engine.ts";
import { constantData, type Data, type Graph } from "./graph.ts";
import { encode, type FedConstant } from "./onnx/encode.ts";
import { optimize } from "./passes/index.ts";
import type { Provider } from "./provider.ts";
import type { Signature, TensorFunction } from "./signature.ts";
import { trace } from "./trace.ts";
import { type Body, bodyOf } from "./update/body.ts";
import { type UpdateProgram, updateProgram } from "./update/program.ts";

type Runtime = typeof import("onnxruntime-node");

export interface Started {
  readonly session: InferenceSession;
  /** Names in the model by names at the boundary. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
  /** Constants that the session does not hold: what every run takes besides. */
  readonly fed: readonly FedConstant[];
  /** Where the session does not make the new state itself: how that is made of what the session makes. */
  readonly update?: { readonly program: UpdateProgram; readonly body: Body };
  readonly report: Report;
}

/** Of constants that a session does not hold, only those above this size are many bytes. */
const SMALL_BYTES = 2 ** 16;

/** Traces, encodes and makes the session. The graph is let go when this returns, and its constants but for those that are fed: the session has its own. */
export async function startSession(
  ort: Runtime,
  provider: Provider,
  frozenWeights: "float32" | "float16",
  boundary: Boundary,
  fn: TensorFunction,
  signature: Signature,
  options: CompileOptions,
): Promise<Started> {
  const begun = performance.now();
  const optimized = optimize(trace(fn, signature), options.precision);
  checkStateOutputs(boundary, optimized.outputs);
  // On a device state stays where it is; on the host every output of the runtime is a copy, and new state is better made in place.
  const program = provider.residence ? undefined : updateProgram(optimized, [...boundary.state.keys()]);
  const body = program && bodyOf(optimized, program);
  const whole = body?.graph ?? optimized;
  const graph = provider.prepare?.(whole) ?? whole;
  const { bytes, external, fed, inputs, outputs, ops } = encode(graph, boundary.name, {
    lowerings: provider.lowerings,
    matrices: frozenWeights,
    ...(bytesOfConstants(graph) > (provider.heldBytes ?? Number.POSITIVE_INFINITY) ? { feedAbove: SMALL_BYTES } : {}),
  });
  const constantBytes = [...external, ...fed].reduce((sum, { data }) => sum + data.byteLength, 0);
  const traced = performance.now();
  const given = provider.options({ float64: options.precision === "float64" });
  const stays = [...outputs].filter(([key]) => boundary.state.has(key)).map(([, inModel]) => inModel);
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(bytes, {
      ...given,
      externalData: external.map(({ path, data }) => ({ path, data })),
      ...(provider.residence && stays.length > 0
        ? { preferredOutputLocation: Object.fromEntries(stays.map((name) => [name, provider.residence!])) }
        : {}),
      ...(options.profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profile }),
      extra: { ...given.extra, optimization: optimization(provider, frozenWeights) },
    });
  } catch (error) {
    throw new Error(`${boundary.name}: ONNX Runtime refuses the graph: ${(error as Error).message}`, { cause: error });
  }
  const report = {
    nodes: graph.nodes.length,
    ops,
    constantBytes,
    traceMs: traced - begun,
    sessionMs: performance.now() - traced,
  };
  return { session, inputs, outputs, fed, ...(program && body ? { update: { program, body } } : {}), report };
}

function bytesOfConstants({ nodes }: Graph): number {
  const constants = new Set(
    nodes.flatMap(({ inputs }) =>
      inputs.flatMap((value): Data[] => (constantData(value) ? [constantData(value)!] : [])),
    ),
  );
  return [...constants].reduce((sum, data) => sum + data.byteLength, 0);
}

/** What the runtime's own optimizer is to leave alone. */
function optimization({ withoutOptimizers }: Provider, frozenWeights: "float32" | "float16"): Record<string, string> {
  // It would widen the float16 weights once and for all, by folding the casts or by the first of these; and the second would
  // make one widened copy for the forward and the backward pass, which would live from the one to the other.
  const widening =
    frozenWeights === "float16" ? ["FuseFp16InitializerToFp32NodeTransformer", "CommonSubexpressionElimination"] : [];
  const without = [...withoutOptimizers, ...widening];
  return {
    ...(without.length > 0 ? { disable_specified_optimizers: without.join(";") } : {}),
    ...(frozenWeights === "float16" ? { constant_folding_max_output_size_in_bytes: "1024" } : {}),
  };
}
