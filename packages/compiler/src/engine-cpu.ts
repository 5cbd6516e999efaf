import type { InferenceSession, Tensor } from "onnxruntime-node";
import { type Boundary, boundaryOf, checkStateOutputs, checkStateSet, checkValues } from "./boundary.ts";
import type { Compiled, CompileOptions, Engine, Report } from "./engine.ts";
import type { Data, Type } from "./graph.ts";
import { encode } from "./onnx/encode.ts";
import { optimize } from "./passes/index.ts";
import { queue } from "./queue.ts";
import type { Signature, TensorFunction, Values } from "./signature.ts";
import { trace } from "./trace.ts";

type Runtime = typeof import("onnxruntime-node");

/** The compiled engine: ONNX Runtime's CPU provider. */
export function createCpuEngine(ort: Runtime, threads: number): Engine {
  return {
    name: "cpu",
    threads,
    compile: (fn, signature, options = {}) => compile(ort, threads, fn, signature, options),
  };
}

/** Loads ONNX Runtime. Throws when its native library does not fit the machine. */
export async function loadRuntime(): Promise<Runtime> {
  const module = (await import("onnxruntime-node")) as Runtime & { default?: Runtime };
  return module.default ?? module;
}

async function compile(
  ort: Runtime,
  threads: number,
  fn: TensorFunction,
  signature: Signature,
  options: CompileOptions,
): Promise<Compiled> {
  const { name = "function" } = options;
  const boundary = boundaryOf(name, signature, options.state ?? [], options.precision ?? "float32");
  const { session, inputs, outputs, report } = await start(ort, threads, boundary, fn, signature, options);
  const state = new Map<string, Data>();
  const feeds: Record<string, Tensor> = {};
  const feed = (key: string, data: Data, { dtype, shape }: Type): void => {
    const inModel = inputs.get(key); // what nothing reads is not in the model
    if (inModel !== undefined) feeds[inModel] = new ort.Tensor(dtype as "float32", data as Float32Array, shape);
  };
  const inTurn = queue();

  return {
    run: (values) =>
      inTurn(async () => {
        checkValues(name, "input", values, boundary.inputs, true);
        checkStateSet(boundary, state);
        for (const [key, type] of boundary.inputs) feed(key, values[key]!, type);
        const made = (await session.run(feeds)) as Record<string, Tensor>;
        const results: Values = {};
        for (const [key, inModel] of outputs) {
          const data = made[inModel]!.data as Data;
          const type = boundary.state.get(key);
          if (type) {
            state.set(key, data);
            feed(key, data, type); // the runtime's own output array goes in again: nothing is copied here
          } else results[key] = data;
        }
        return results;
      }),
    setState: (values) =>
      inTurn(async () => {
        checkValues(name, "state", values, boundary.state, false);
        for (const [key, value] of Object.entries(values)) {
          state.set(key, value.slice());
          feed(key, state.get(key)!, boundary.state.get(key)!);
        }
      }),
    getState: () => inTurn(async () => Object.fromEntries([...state].map(([key, value]) => [key, value.slice()]))),
    report,
    dispose: () => inTurn(() => session.release()),
  };
}

/**
 * How long an idle thread of the runtime looks for work before it sleeps. Its default, some tens of milliseconds, starves whatever
 * else runs on the machine; one millisecond outlasts the gaps between ops, and a step takes as long as before (74 against 73 ms).
 */
const SPIN_MICROSECONDS = "1000";

/**
 * Up to this size the runtime keeps a packed copy of every constant weight for each product it is in; above it, it packs on the fly.
 * A DiffFit step of DiT-XL/2 (2.7 GB) then takes 1.56 instead of 1.45 s, to the same bits, and 7.6 instead of 11.0 GB at its peak.
 */
const PACKED_BYTES = 2 ** 30;

interface Started {
  readonly session: InferenceSession;
  /** Names in the model by names at the boundary. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
  readonly report: Report;
}

/** Traces, encodes and makes the session. The graph and its constants are let go when this returns: the session has its own. */
async function start(
  ort: Runtime,
  threads: number,
  boundary: Boundary,
  fn: TensorFunction,
  signature: Signature,
  options: CompileOptions,
): Promise<Started> {
  const begun = performance.now();
  const graph = optimize(trace(fn, signature), options.precision);
  checkStateOutputs(boundary, graph.outputs);
  const { bytes, external, inputs, outputs, ops } = encode(graph, boundary.name);
  const constantBytes = external.reduce((sum, { data }) => sum + data.byteLength, 0);
  const traced = performance.now();
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(bytes, {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      // In double, the runtime's fusions make operators that it has no double kernel for (QuickGelu, for one).
      graphOptimizationLevel: options.precision === "float64" ? "basic" : "all",
      externalData: external.map(({ path, data }) => ({ path, data })),
      logSeverityLevel: 3,
      extra: {
        session: {
          intra_op: { spin_duration_us: SPIN_MICROSECONDS },
          disable_prepacking: constantBytes > PACKED_BYTES ? "1" : "0",
        },
      },
    });
  } catch (error) {
    throw new Error(`${boundary.name}: ONNX Runtime refuses the graph: ${(error as Error).message}`, { cause: error });
  }
  const report = { nodes: graph.nodes.length, ops, traceMs: traced - begun, sessionMs: performance.now() - traced };
  return { session, inputs, outputs, report };
}
