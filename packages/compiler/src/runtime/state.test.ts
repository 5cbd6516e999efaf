// State on a device, whose buffers have to be released.

import type { Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { cpuProvider } from "../engines/cpu.ts";
import { loadRuntime } from "./load-runtime.ts";
import { carriedState } from "./state.ts";

test("carriedState releases a device's tensor when another replaces it, and on dispose", async () => {
  const ort = await loadRuntime();
  const released: string[] = [];
  const onDevice = (name: string) =>
    ({ location: "gpu-buffer", dispose: () => released.push(name) }) as unknown as Tensor;
  const state = carriedState(ort, cpuProvider(1), new Map([["x", { shape: [2], dtype: "float32" }]]));
  state.set("x", Float32Array.of(1, 2));
  expect(await state.read()).toEqual({ x: Float32Array.of(1, 2) });
  state.advance(() => onDevice("first"), {});
  expect(released).toEqual([]);
  state.advance(() => onDevice("second"), {});
  expect(released).toEqual(["first"]);
  await state.dispose();
  expect(released).toEqual(["first", "second"]);
});
