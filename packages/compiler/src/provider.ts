import type { InferenceSession } from "onnxruntime-node";
import type { Graph } from "./graph.ts";
import type { Lowerings } from "./onnx/lowerings.ts";
import { cpuLowerings, cpuWithoutOptimizers } from "./onnx/lowerings-cpu.ts";
import { webgpuLowerings } from "./onnx/lowerings-webgpu.ts";
import { exactTrigonometry } from "./passes/index.ts";

/** An execution provider of ONNX Runtime: what is told to it, what it is given, and where it keeps state. */
export interface Provider {
  readonly name: "cpu" | "webgpu" | "cuda";
  /** What it computes on, for records; absent where that is the processor. */
  readonly adapter?: string;
  /** Of the runtime's processor; 1 where the work is not done there. */
  readonly threads: number;
  readonly float64: boolean;
  /** Optimizations of the runtime that make what it cannot run. */
  readonly withoutOptimizers: readonly string[];
  /** A last pass over its graphs. */
  prepare?(graph: Graph): Graph;
  /** How it wants some ops encoded; the others as they are. */
  readonly lowerings: Partial<Lowerings>;
  /** What `preferredOutputLocation` takes for outputs that stay on the device; absent where every output comes back to the host. */
  readonly residence?: "gpu-buffer";
  /** The most bytes of constants that its sessions hold; where a function has more, they stay in its caller's arrays. Absent: no limit. */
  readonly heldBytes?: number;
  options(settings: { readonly float64: boolean }): InferenceSession.SessionOptions;
}

/**
 * How long an idle thread of the runtime looks for work before it sleeps. Its default, some tens of milliseconds, starves whatever
 * else runs on the machine; one millisecond outlasts the gaps between ops, and a step takes as long as before (74 against 73 ms).
 */
const SPIN_MICROSECONDS = "1000";

/**
 * Up to this size a session holds the constant weights, packed for the products they are in; above it they are inputs, read where they are.
 * A DiffFit step of DiT-XL/2 (2.7 GB) takes 1.56 s without packing and 1.45 s with it, and its session then holds 7.1 GB more.
 */
const HELD_BYTES = 2 ** 30;

const sequential: InferenceSession.SessionOptions = {
  interOpNumThreads: 1,
  executionMode: "sequential",
  logSeverityLevel: 4, // errors are thrown as well, and need not be printed twice
};

export function cpuProvider(threads: number): Provider {
  return {
    name: "cpu",
    threads,
    float64: true,
    withoutOptimizers: cpuWithoutOptimizers,
    lowerings: cpuLowerings,
    heldBytes: HELD_BYTES,
    options: ({ float64 }) => ({
      ...sequential,
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      enableMemPattern: false, // its plan is a block beside all that the first run took: 2.7 instead of 1.6 GB, and no faster beyond the noise
      // In double, the runtime's fusions make operators that it has no double kernel for (QuickGelu, for one).
      graphOptimizationLevel: float64 ? "basic" : "all",
      extra: {
        session: {
          intra_op: { spin_duration_us: SPIN_MICROSECONDS },
        },
      },
    }),
  };
}

/** On both devices its SkipLayerNormalization leaves out the 1/sigma that the gradient reads. */
const deviceWithoutOptimizers = ["SkipLayerNormFusion"];

export function webgpuProvider(adapter: string): Provider {
  return {
    name: "webgpu",
    adapter,
    threads: 1,
    float64: false,
    // A constant turned for one product is turned in each run: kept turned, all frozen weights would be there twice.
    withoutOptimizers: [...deviceWithoutOptimizers, "ConstantFolding"],
    prepare: exactTrigonometry,
    lowerings: webgpuLowerings,
    residence: "gpu-buffer",
    options: () => ({
      ...sequential,
      // Buffers are kept for the next that wants their size. In its default mode a step takes two to three times as long (docs/log.md).
      executionProviders: [{ name: "webgpu", preferredLayout: "NCHW", storageBufferCacheMode: "simple" } as const],
      intraOpNumThreads: 1,
      graphOptimizationLevel: "all",
    }),
  };
}

/** The binding brings every output of this provider back to the host, so that state crosses to the device and back in each run. */
export function cudaProvider(adapter: string, deviceId = 0): Provider {
  // Left alone it rounds the factors of products to TensorFloat-32, with 10 bits of mantissa; the binding has no option against that.
  process.env.NVIDIA_TF32_OVERRIDE ??= "0";
  return {
    name: "cuda",
    adapter,
    threads: 1,
    float64: false,
    withoutOptimizers: deviceWithoutOptimizers,
    lowerings: {},
    options: () => ({
      ...sequential,
      executionProviders: [{ name: "cuda", deviceId }],
      intraOpNumThreads: 1,
      graphOptimizationLevel: "all",
    }),
  };
}
