import type { Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { loadRuntime } from "./engine-onnx.ts";
import { cpuProvider } from "./provider.ts";
import { createState } from "./state.ts";

test("a device's tensor is let go when another takes its place, and when the state is", async () => {
  const ort = await loadRuntime();
  const gone: string[] = [];
  const onDevice = (name: string) => ({ location: "gpu-buffer", dispose: () => gone.push(name) }) as unknown as Tensor;
  const state = createState(ort, cpuProvider(1), new Map([["x", { shape: [2], dtype: "float32" }]]));
  state.replace("x", new ort.Tensor("float32", Float32Array.of(1, 2), [2]));
  expect(await state.read()).toEqual({ x: Float32Array.of(1, 2) });
  state.replace("x", onDevice("first"));
  expect(gone).toEqual([]);
  state.replace("x", onDevice("second"));
  expect(gone).toEqual(["first"]);
  await state.dispose();
  expect(gone).toEqual(["first", "second"]);
});
