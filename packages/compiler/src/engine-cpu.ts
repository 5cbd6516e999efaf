import type { InferenceSession, Tensor } from "onnxruntime-node";
import { boundaryOf, checkStateOutputs, checkValues } from "./boundary.ts";
import type { Compiled, CompileOptions, Engine } from "./engine.ts";
import type { Data, Type } from "./graph.ts";
import { encode } from "./onnx/encode.ts";
import { optimize } from "./passes/index.ts";
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
  { name = "function", state: stateNames = [], precision = "float32" }: CompileOptions,
): Promise<Compiled> {
  const boundary = boundaryOf(name, signature, stateNames, precision);
  const start = performance.now();
  const graph = optimize(trace(fn, signature), precision);
  checkStateOutputs(boundary, graph.outputs);
  const encoded = encode(graph, name);
  const traced = performance.now();
  const session = await ort.InferenceSession.create(encoded.bytes, {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    externalData: encoded.external.map(({ path, data }) => ({ path, data })),
    logSeverityLevel: 3,
  });
  const ready = performance.now();

  const feedOf = (key: string, data: Data, { dtype, shape }: Type): void => {
    const inModel = encoded.inputs.get(key); // what nothing reads is not in the model
    if (inModel !== undefined) feeds[inModel] = new ort.Tensor(dtype as "float32", data as Float32Array, shape);
  };
  const feeds: Record<string, Tensor> = {};
  const state = new Map<string, Data>();

  return {
    async run(values) {
      checkValues(name, "input", values, boundary.inputs, true);
      for (const key of boundary.state.keys()) {
        if (!state.has(key)) throw new Error(`${name}: state "${key}" has no value: call setState before run`);
      }
      for (const [key, type] of boundary.inputs) feedOf(key, values[key]!, type);
      const made: InferenceSession.OnnxValueMapType = await session.run(feeds);
      const results: Values = {};
      for (const [key, inModel] of encoded.outputs) {
        const tensor = made[inModel] as Tensor;
        const type = boundary.state.get(key);
        if (!type) {
          results[key] = tensor.data as Data;
          continue;
        }
        state.set(key, tensor.data as Data);
        if (encoded.inputs.has(key)) feeds[encoded.inputs.get(key)!] = tensor;
      }
      return results;
    },
    async setState(values) {
      checkValues(name, "state", values, boundary.state, false);
      for (const [key, value] of Object.entries(values)) {
        const copy = value.slice();
        state.set(key, copy);
        feedOf(key, copy, boundary.state.get(key)!);
      }
    },
    async getState() {
      return Object.fromEntries([...state].map(([key, value]) => [key, value.slice()]));
    },
    report: { nodes: graph.nodes.length, ops: encoded.ops, traceMs: traced - start, sessionMs: ready - traced },
    dispose: () => session.release(),
  };
}
