// The engine `openvino`: ONNX Runtime with OpenVINO's provider, on the CPU.

import { openvinoLowerings } from "../onnx/lowerings-openvino.ts";
import { createNativeEngine } from "../runtime/native/native-engine.ts";
import type { ProviderLibrary } from "../runtime/native/native-session.ts";
import { openNativeRuntime } from "../runtime/native/open-library.ts";
import { type Provider, sequentialSession } from "../runtime/provider.ts";
import { checkBfloat16 } from "./bfloat16-check.ts";
import type { EngineEntry } from "./entry.ts";
import { findOpenvino } from "./openvino-library.ts";

export const openvino = {
  description: "compiled, ONNX Runtime with OpenVINO on the CPU",
  how: "run 'bench fetch openvino'",
  precisions: ["bfloat16"],
  autoRank: 0,
  unsuitable: () => {
    findOpenvino();
    const vendor = openNativeRuntime().cpuVendor();
    return vendor === INTEL ? undefined : "OpenVINO is made for Intel CPUs";
  },
  load: async () => {
    openNativeRuntime();
    return `OpenVINO's provider ${findOpenvino().version}`;
  },
  start: async (threads, precision) => {
    const runtime = openNativeRuntime();
    const { library } = findOpenvino();
    runtime.presentCpuAs(INTEL);
    const engine = createNativeEngine(runtime, openvinoProvider(threads), {
      name: precision === "bfloat16" ? "openvino+bfloat16" : "openvino",
      library: (lanes) => providerLibrary(library, threads, lanes, precision === "bfloat16" ? "bf16" : "f32"),
    });
    if (precision === "bfloat16") await checkBfloat16(engine);
    return engine;
  },
} as const satisfies EngineEntry;

/** PCI vendor id. */
const INTEL = 0x8086;

function openvinoProvider(threads: number): Provider {
  return {
    name: "openvino",
    threads,
    float64: false,
    withoutOptimizers: [],
    lowerings: openvinoLowerings,
    options: () => ({
      ...sequentialSession,
      graphOptimizationLevel: "all",
      // A node that OpenVINO does not take would divide the graph: it is an error, never slow.
      extra: { session: { disable_cpu_ep_fallback: "1" } },
    }),
  };
}

/**
 * Parts that run at the same time are streams of one compiled model, which share its weights. A stream has one thread:
 * within one run OpenVINO uses a single core here, whatever its options (docs/log.md).
 */
function providerLibrary(path: string, threads: number, lanes: number, precision: "f32" | "bf16"): ProviderLibrary {
  const cpu = {
    INFERENCE_PRECISION_HINT: precision,
    INFERENCE_NUM_THREADS: String(threads),
    NUM_STREAMS: String(lanes),
  };
  return {
    path,
    registration: "openvino",
    provider: "OpenVINOExecutionProvider",
    options: { load_config: JSON.stringify({ CPU: cpu }) },
  };
}
