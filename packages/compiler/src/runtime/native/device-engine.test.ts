// State on a device over the C API, with the CPU's memory as that of the device: the same calls as for a GPU. The tests
// of the engines run on WebGPU where it is available.

import { existsSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import type { Compiled, CompileOptions } from "../../contract/engine.ts";
import type { TensorFunction } from "../../contract/signature.ts";
import { cpuProvider } from "../../engines/cpu.ts";
import { describeEngines } from "../../engines/create-engine.ts";
import { cudaProvider } from "../../engines/cuda.ts";
import { webgpuProvider } from "../../engines/webgpu.ts";
import { loadRuntime } from "../load-runtime.ts";
import { createOnnxEngine } from "../onnx-engine.ts";
import { runtimeFolder } from "../runtime-files.ts";
import { createDeviceEngine, type WithDevice } from "./device-engine.ts";
import { appendDevice } from "./device-provider.ts";
import { openNativeRuntime } from "./open-library.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const size = 1000;
const vector = (phase: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(i + phase));

/** Adds x to the total, counts the runs, and keeps the last x. */
const fn: TensorFunction = ({ x, total, steps, last }) => ({
  total: tf.add(total!, x!),
  steps: tf.add(steps!, tf.scalar(1, "int32")),
  last: tf.mul(x!, 1),
  before: tf.mul(last!, 1),
  mean: tf.mean(tf.add(total!, x!)),
});
const signature = {
  x: { shape: [size] },
  total: { shape: [size] },
  steps: { shape: [], dtype: "int32" },
  last: { shape: [size] },
} as const;
const options: CompileOptions = { name: "f", state: ["total", "steps", "last"] };
const state = () => ({ total: vector(0.5), steps: Int32Array.of(0), last: vector(3) });

const provider: WithDevice = {
  ...cpuProvider(1),
  device: { api: "Cpu", options: {}, memory: "Cpu", deviceId: 0 },
};
const hasWebgpu = (await describeEngines()).some(({ name, available }) => name === "webgpu" && available);
const devices = [provider, ...(hasWebgpu ? [webgpuProvider("the adapter found")] : [])];
const compile = (changes: Partial<WithDevice> = {}) =>
  createDeviceEngine(openNativeRuntime(), { ...provider, ...changes }).compile(fn, signature, options);

async function threeRuns(compiled: Compiled) {
  await compiled.setState(state());
  const results = [];
  for (const phase of [1, 2, 3]) results.push(await compiled.run({ x: vector(phase) }));
  const after = await compiled.getState();
  await compiled.dispose();
  return { results, after };
}

describe("a function on a device", () => {
  test.each(devices)("has the results and the state of Node's binding, to the bit: $name", async (provider) => {
    const node = createOnnxEngine(await loadRuntime(), provider);
    const wanted = await threeRuns(await node.compile(fn, signature, options));
    const native = createDeviceEngine(openNativeRuntime(), provider);
    const found = await threeRuns(await native.compile(fn, signature, options));
    expect(found).toEqual(wanted);
    expect(found.results[1]!.before).toEqual(vector(1));
    expect(found.after.steps).toEqual(Int32Array.of(3));
  });

  test("reads state that is partly on the device and partly set since the last run", async () => {
    const f = await compile();
    await f.setState(state());
    await f.run({ x: vector(1) });
    await f.setState({ last: vector(7) });
    await f.setState({ last: vector(9) });
    expect(await f.getState()).toEqual({
      total: vector(0.5).map((v, i) => v + vector(1)[i]!),
      steps: Int32Array.of(1),
      last: vector(9),
    });
    expect((await f.run({ x: vector(2) })).before).toEqual(vector(9));
    expect((await f.getState()).last).toEqual(vector(2));
    await f.dispose();
  });

  test("returns copies of the state, which later runs leave as they are", async () => {
    const f = await compile();
    await f.setState(state());
    (await f.getState()).total!.fill(5);
    await f.run({ x: vector(1) });
    const after = await f.getState("view");
    await f.run({ x: vector(2) });
    await f.run({ x: vector(3) });
    expect(after.last).toEqual(vector(1));
    expect(after.total).toEqual(vector(0.5).map((v, i) => v + vector(1)[i]!));
    await f.dispose();
  });

  test("keeps its state where a run is refused", async () => {
    const f = await compile();
    await f.setState(state());
    await f.run({ x: vector(1) });
    await expect(f.run({ x: vector(1).subarray(1) })).rejects.toThrow(/input "x" has 999 elements/);
    expect((await f.getState()).steps).toEqual(Int32Array.of(1));
    await f.dispose();
  });

  test("refuses calls after dispose, and ignores a second dispose", async () => {
    const f = await compile();
    await f.setState(state());
    await f.dispose();
    await f.dispose();
    for (const call of [() => f.run({ x: vector(1) }), () => f.getState(), () => f.setState(state())])
      await expect(call()).rejects.toThrow("f is disposed: compile it again");
  });

  test("is refused with the device's own message where the device has no such memory", async () => {
    const device = { ...provider.device, memory: "Cuda", deviceId: 0 } as const;
    await expect(compile({ device })).rejects.toThrow(/allocator/i);
  });

  test("passes constants that the session does not own to every run", async () => {
    const f = await createDeviceEngine(openNativeRuntime(), { ...provider, maxConstantBytes: 0 }).compile(
      ({ x, w }) => ({ y: tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D) }),
      { x: { shape: [1, 2] }, w: { shape: [2, 32768], value: Float32Array.from({ length: 65536 }, (_, i) => i % 7) } },
    );
    const { y } = await f.run({ x: Float32Array.of(1, 2) });
    expect(y![0]).toBe(2 * (32768 % 7));
    await f.dispose();
  });
});

const hasCudaProvider = existsSync(join(runtimeFolder(), "libonnxruntime_providers_shared.so"));

describe("appendDevice", () => {
  const append = (device: WithDevice["device"]) => {
    const runtime = openNativeRuntime();
    const sessionOptions = runtime.make("CreateSessionOptions");
    try {
      appendDevice(runtime, sessionOptions, device);
    } finally {
      runtime.plain("ReleaseSessionOptions", sessionOptions);
    }
  };

  test.skipIf(hasCudaProvider)("throws the runtime's reason why CUDA's provider does not load", () => {
    expect(() => append(cudaProvider("a GPU").device)).toThrow(/onnxruntime_providers_shared/);
  });

  test.runIf(process.platform === "linux")("gives WebGPU's options, whose values the runtime checks", () => {
    const { device } = webgpuProvider("a GPU");
    try {
      append(device);
    } catch (error) {
      expect((error as Error).message).toMatch(/adapter/); // the options were read, and there is no GPU
    }
    const options = { ...device.options, storageBufferCacheMode: "none" };
    expect(() => append({ ...device, options })).toThrow(/none/);
  });
});
