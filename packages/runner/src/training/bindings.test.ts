// Both ways to ONNX Runtime, its C API and Node's binding, on the steps of real runs: the same bits.

import { createEngine, type Engine } from "@dit-bench/compiler";
import { linearSchedule, respace, stepCoefficients } from "@dit-bench/diffusion";
import { ditModel } from "@dit-bench/dit";
import { describe, expect, it, vi } from "vitest";
import { loadMethods } from "../methods/methods.ts";
import { samplerStep } from "../sampling/sample.ts";
import { tinyWeights } from "./tiny-dit.test.data.ts";
import { config, trainTiny } from "./tiny-training.test.data.ts";

const methods = await loadMethods();

async function nodesBinding(name: "cpu" | "cpu+float16" = "cpu"): Promise<Engine> {
  vi.stubEnv("DIT_BENCH_BINDING", "node");
  try {
    return await createEngine(name, { threads: 1 });
  } finally {
    vi.unstubAllEnvs();
  }
}

describe("the C API and Node's binding give the same bits", () => {
  it.each(["difffit", "full"])("for three steps of %s in 1 to 4 micro-batches, with 1 to 3 threads", async (name) => {
    const { method } = methods.find((m) => m.method.name === name)!;
    for (const microBatches of [1, 2, 3, 4]) {
      const task = { steps: 3, batch: 12, microBatches };
      const wanted = await trainTiny(await nodesBinding(), method, task);
      for (const threads of [1, 2, 3]) {
        const found = await trainTiny(await createEngine("cpu", { threads }), method, { ...task, lanes: 2 });
        expect(found, `${microBatches} micro-batches, ${threads} threads`).toEqual(wanted);
      }
    }
  });

  it("for steps with weights in float16", async () => {
    const { method } = methods.find((m) => m.method.name === "lora")!;
    const task = { steps: 2, microBatches: 2 };
    const wanted = await trainTiny(await nodesBinding("cpu+float16"), method, task);
    expect(await trainTiny(await createEngine("cpu+float16", { threads: 2 }), method, task)).toEqual(wanted);
  });

  it("for steps of a sampler in 1 to 3 parts, with guidance", async () => {
    const N = 6;
    const schedule = respace(linearSchedule(), "10");
    const network = { config, infos: ditModel(config).weights, values: tinyWeights(config) };
    const settings = { sampler: "ddpm", guidance: 1.5, guidedChannels: "all", clipDenoised: true } as const;
    const size = N * config.channels * config.inputSize ** 2;
    const sampled = async (engine: Engine, count: number) => {
      const compiled = await engine.compile(...samplerStep(network, settings, N, count));
      await compiled.setState({ x: Float32Array.from({ length: size }, (_, i) => Math.sin(i)) });
      for (const i of [9, 8]) {
        const coefficients = Object.entries(stepCoefficients(schedule, "ddpm", i, 1));
        await compiled.run({
          y: Int32Array.from({ length: N }, (_, j) => j % 3),
          t: new Float32Array(N).fill(schedule.timesteps[i]!),
          noise: Float32Array.from({ length: size }, (_, j) => Math.cos(j * i)),
          ...Object.fromEntries(coefficients.map(([name, v]) => [`p.${name}`, v])),
        });
      }
      const { x } = await compiled.getState();
      await compiled.dispose();
      return x!;
    };
    for (const count of [1, 2, 3]) {
      const wanted = await sampled(await nodesBinding(), count);
      for (const threads of [1, 2, 3])
        expect(await sampled(await createEngine("cpu", { threads }), count)).toEqual(wanted);
    }
  });
});
