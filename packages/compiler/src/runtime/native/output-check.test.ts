// Outputs that the runtime has not written are found, whatever the results are.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { cpuProvider } from "../../engines/cpu.ts";
import { partsTraining } from "../../testing/parts.ts";
import { createNativeEngine } from "./native-engine.ts";
import { openNativeRuntime } from "./open-library.ts";
import { outputCheck } from "./output-check.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe.each([
  ["float32", new Float32Array(3)],
  ["float64", new Float64Array(3)],
])("an output of %s", (_, array) => {
  test.each([0, -1.5, Number.NaN, Number.POSITIVE_INFINITY])("is written if it is %d", (value) => {
    const { mark, requireWritten } = outputCheck([array.subarray(1)], "step: engine x");
    mark();
    expect(requireWritten).toThrow("step: engine x: ONNX Runtime reported success, but did not write all outputs");
    expect(array[0]).toBe(0);
    array[1] = value;
    requireWritten();
  });
});

test("outputs of integers, or without elements, pass and keep their values", () => {
  const integers = Int32Array.of(1);
  const { mark, requireWritten } = outputCheck([integers, new Float32Array(0)], "step");
  mark();
  requireWritten();
  expect(integers[0]).toBe(1);
});

test.each([1, 2, 3])("a run that writes nothing in part %d is an error, and changes no state", async (lazy) => {
  const runtime = openNativeRuntime();
  let runs = 0;
  let isLazy = false;
  const engine = createNativeEngine(
    {
      ...runtime,
      async callAsync(name, ...args) {
        if (isLazy && name === "Run" && ++runs === lazy) return;
        await runtime.callAsync(name, ...args);
      },
    },
    cpuProvider(1),
  );
  const { compile, start, inputs } = partsTraining({ count: 3 });
  const compiled = await engine.compile(...compile);
  await compiled.setState(start());
  await compiled.run(inputs(0));
  const before = await compiled.getState();
  const kept = Object.fromEntries(Object.entries(before).map(([key, array]) => [key, array.slice()]));
  isLazy = true;
  await expect(compiled.run(inputs(1))).rejects.toThrow(
    "engine cpu: ONNX Runtime reported success, but did not write all outputs",
  );
  isLazy = false;
  expect(await compiled.getState()).toEqual(kept);
  await compiled.dispose();
});
