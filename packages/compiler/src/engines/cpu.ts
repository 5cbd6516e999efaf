// The engine `cpu`: ONNX Runtime's CPU provider.

import { cpuLowerings, cpuWithoutOptimizers } from "../onnx/lowerings-cpu.ts";
import { loadRuntime } from "../runtime/load-runtime.ts";
import { createNativeEngine } from "../runtime/native/native-engine.ts";
import { findNativeRuntime } from "../runtime/native/open-library.ts";
import { createOnnxEngine } from "../runtime/onnx-engine.ts";
import { type Provider, sequentialSession } from "../runtime/provider.ts";
import { type EngineEntry, versionOf } from "./entry.ts";

export const cpu = {
  description: "compiled, ONNX Runtime on the CPU",
  how:
    "reinstall onnxruntime-node with `npm install onnxruntime-node --ignore-scripts`; where it has no library " +
    "(Alpine's musl, macOS on x64) use --engine tfjs-cpu",
  precisions: ["float16"],
  autoRank: 1,
  load: async () => {
    const native = findNativeRuntime();
    if (!("reason" in native)) return versionOf("onnxruntime-node");
    await loadRuntime();
    return `${versionOf("onnxruntime-node")}, slower than it could be: ${native.reason}`;
  },
  start: async (threads, precision) => {
    const provider = cpuProvider(threads);
    const frozenWeights = precision === "float16" ? "float16" : "float32";
    const native = findNativeRuntime();
    return "reason" in native
      ? createOnnxEngine(await loadRuntime(), provider, frozenWeights)
      : createNativeEngine(native, provider, { frozenWeights });
  },
} as const satisfies EngineEntry;

/**
 * Time for which an idle thread of the runtime spins before it sleeps. The runtime's default, some tens of
 * milliseconds, starves other programs. One millisecond outlasts the gaps between ops: a training step at width 128
 * takes 74 ms either way.
 */
const SPIN_MICROSECONDS = "1000";

/**
 * Up to this size a session owns the constant weights, packed for the GEMMs that read them; larger ones are inputs,
 * read where they are. A DiffFit step of DiT-XL/2 (2.7 GB, batch 1, two threads that reach 282 GFLOP/s) takes 1.56 s
 * without packing and 1.45 s with it, but the session then takes another 7.1 GB.
 */
const SESSION_CONSTANT_BYTES = 2 ** 30;

export function cpuProvider(threads: number): Provider {
  return {
    name: "cpu",
    threads,
    float64: true,
    withoutOptimizers: cpuWithoutOptimizers,
    lowerings: cpuLowerings,
    maxConstantBytes: SESSION_CONSTANT_BYTES,
    options: ({ float64 }) => ({
      ...sequentialSession,
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      // The memory pattern reserves one block besides the arena of the first run: DiffFit at width 384 peaks at 2.7 in
      // place of 1.7 GB, and the time differs by no more than the noise (docs/log.md, 2026-11-23).
      enableMemPattern: false,
      // In double the runtime's fusions make ops that have no double kernel (QuickGelu, for one).
      graphOptimizationLevel: float64 ? "basic" : "all",
      extra: {
        session: {
          intra_op: { spin_duration_us: SPIN_MICROSECONDS },
        },
      },
    }),
  };
}
