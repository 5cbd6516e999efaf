// The engine `openvino`: ONNX Runtime with OpenVINO's provider, on the CPU.

import { cpus } from "node:os";
import type { Graph } from "../graph/graph.ts";
import { sizeOf } from "../graph/types.ts";
import { openvinoLowerings } from "../onnx/lowerings-openvino.ts";
import { createNativeEngine } from "../runtime/native/native-engine.ts";
import type { ProviderLibrary } from "../runtime/native/native-session.ts";
import { findNativeRuntime, type NativeRuntime } from "../runtime/native/open-library.ts";
import { type Provider, sequentialSession } from "../runtime/provider.ts";
import { checkRuntimeFiles } from "../runtime/runtime-files.ts";
import { mayHaveBfloat16 } from "./bfloat16-instructions.ts";
import { checkMatMul } from "./check-matmul.ts";
import { cpu } from "./cpu.ts";
import { CannotStart, type EngineEntry } from "./entry.ts";
import { findOpenvino } from "./openvino-library.ts";

export const openvino = {
  description: "compiled, ONNX Runtime with OpenVINO on the CPU",
  how: "run 'bench fetch openvino'",
  precisions: ["bfloat16"],
  /** Before `cpu`, on the CPUs that OpenVINO is made for. */
  ...(isIntel() ? { autoRank: 0 } : {}),
  load: async () => {
    openRuntime();
    const { version } = findOpenvino();
    return `OpenVINO's provider ${version}${isIntel() ? "" : "; auto chooses it on Intel's CPUs only"}`;
  },
  start: async (threads, precision) => {
    const runtime = openRuntime();
    const { library } = findOpenvino();
    const bfloat16 = precision === "bfloat16";
    if (bfloat16 && !mayHaveBfloat16())
      throw new CannotStart(
        "this CPU computes no matrix multiplications in bfloat16: it has neither AVX512-BF16 nor AMX",
        "use --engine openvino",
        undefined,
      );
    const operands = bfloat16 ? "bf16" : "f32";
    const engine = createNativeEngine(runtime, openvinoProvider(threads, operands), {
      name: bfloat16 ? "openvino+bfloat16" : "openvino",
      library: (lanes, graph) => providerLibrary(library, usefulThreads(threads, lanes, graph), lanes, operands),
    });
    try {
      runtime.presentCpuAs(INTEL);
      await checkMatMul(engine, bfloat16 ? "bfloat16" : "float32");
    } catch (error) {
      throw new CannotStart((error as Error).message, "use --engine cpu", error);
    }
    return engine;
  },
} as const satisfies EngineEntry;

/** Fetching the provider again would not fix ONNX Runtime's own library. */
function openRuntime(): NativeRuntime {
  try {
    checkRuntimeFiles();
  } catch (error) {
    throw new CannotStart((error as Error).message, cpu.how, error);
  }
  const native = findNativeRuntime();
  if ("reason" in native)
    throw new CannotStart(`OpenVINO needs ONNX Runtime's C API: ${native.reason}`, "use --engine cpu", undefined);
  return native;
}

function isIntel(): boolean {
  return cpus()[0]?.model.includes("Intel") ?? false;
}

/** PCI vendor id. */
const INTEL = 0x8086;

/**
 * Up to this size a session owns the constant weights, in packed copies; larger ones are inputs, read where they are.
 * Those of DiT-XL/2 (2.7 GB) as constants take 45 s until the session is ready and 18.5 GB at the peak of a DiffFit
 * step, as inputs 6 s and 6.4 GB.
 */
const SESSION_CONSTANT_BYTES = 2 ** 30;

export function openvinoProvider(threads: number, precision: "f32" | "bf16" = "f32"): Provider {
  return {
    name: "openvino",
    threads,
    float64: false,
    withoutOptimizers: [],
    lowerings: openvinoLowerings(precision),
    maxConstantBytes: SESSION_CONSTANT_BYTES,
    options: () => ({
      ...sequentialSession,
      graphOptimizationLevel: "all",
      // A node that OpenVINO does not take would divide the graph: it is an error, never slow.
      extra: { session: { disable_cpu_ep_fallback: "1" } },
    }),
  };
}

/** Mean number of elements that an op writes, above which several threads share an op. */
const SHARED_OP_ELEMENTS = 2 ** 15;

/**
 * The number of threads for this many parts at a time. Where ops are small, each part gets one: sharing such an op
 * saves little, and on a busy machine its second thread comes too late. TBB then keeps a note for that thread, for each
 * op, and memory grows by up to 90 KB a step (docs/log.md).
 */
export function usefulThreads(threads: number, lanes: number, graph: Graph): number {
  const sizes = graph.nodes.flatMap(({ outputs }) => outputs.map(({ shape }) => sizeOf(shape)));
  const mean = sizes.reduce((a, b) => a + b, 0) / Math.max(1, sizes.length);
  return mean < SHARED_OP_ELEMENTS ? Math.min(threads, lanes) : threads;
}

/** Parts that run at the same time are streams of one compiled model, which share its weights and the threads. */
export function providerLibrary(
  path: string,
  threads: number,
  lanes: number,
  precision: "f32" | "bf16",
): ProviderLibrary {
  const cpu = {
    INFERENCE_PRECISION_HINT: precision,
    INFERENCE_NUM_THREADS: String(threads),
    NUM_STREAMS: String(lanes),
    // Threads are counted in logical CPUs, and several processes share them: without these two settings OpenVINO would
    // leave the second thread of each core idle, and pin the streams of every process to the same cores.
    ENABLE_HYPER_THREADING: "YES",
    ENABLE_CPU_PINNING: "NO",
  };
  return {
    path,
    registration: "openvino",
    provider: "OpenVINOExecutionProvider",
    options: { load_config: JSON.stringify({ CPU: cpu }) },
  };
}
