import type { Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { cpuProvider } from "../engines/cpu.ts";
import { loadRuntime } from "./load-runtime.ts";
import { carriedState } from "./state.ts";

test("a device's tensor is let go when another takes its place, and when the state is", async () => {
  const ort = await loadRuntime();
  const gone: string[] = [];
  const onDevice = (name: string) => ({ location: "gpu-buffer", dispose: () => gone.push(name) }) as unknown as Tensor;
  const state = carriedState(ort, cpuProvider(1), new Map([["x", { shape: [2], dtype: "float32" }]]));
  state.set("x", Float32Array.of(1, 2));
  expect(await state.read()).toEqual({ x: Float32Array.of(1, 2) });
  state.advance(() => onDevice("first"), {});
  expect(gone).toEqual([]);
  state.advance(() => onDevice("second"), {});
  expect(gone).toEqual(["first"]);
  await state.dispose();
  expect(gone).toEqual(["first", "second"]);
});
