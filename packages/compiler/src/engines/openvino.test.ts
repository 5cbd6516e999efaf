// The engine openvino: where its nodes are placed, its bits, and its errors against float32. Skipped where the provider
// was not fetched.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { boundaryOf } from "../contract/boundary.ts";
import { GraphBuilder } from "../graph/graph.ts";
import { encodeFor } from "../runtime/build-model.ts";
import { train } from "../runtime/native/both-bindings.test.data.ts";
import { createNativeSession } from "../runtime/native/native-session.ts";
import { openNativeRuntime } from "../runtime/native/open-library.ts";
import { planRun } from "../runtime/native/run-plan.ts";
import { createBlockTraining } from "../testing/block.ts";
import { openvinoHere } from "../testing/openvino-here.ts";
import { createEngine } from "./create-engine.ts";
import { openvinoProvider, providerLibrary, usefulThreads } from "./openvino.ts";
import { findOpenvino } from "./openvino-library.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const names = await openvinoHere();

const training = createBlockTraining({ N: 8, T: 33, D: 96, heads: 3 });

test("threads share the ops of large tensors alone", () => {
  const graphOf = (elements: number) => {
    const builder = new GraphBuilder();
    const x = builder.input("x", { shape: [elements], dtype: "float32" });
    return builder.finish(new Map([["y", builder.add("Exp", [x])]]));
  };
  expect(usefulThreads(16, 1, graphOf(2 ** 14))).toBe(1);
  expect(usefulThreads(16, 8, graphOf(2 ** 14))).toBe(8);
  expect(usefulThreads(2, 8, graphOf(2 ** 14))).toBe(2);
  expect(usefulThreads(16, 1, graphOf(2 ** 15))).toBe(16);
});

describe.skipIf(names.length === 0)("openvino", () => {
  test("has every node of a training step in one subgraph of its own", async () => {
    const { step, signature, state } = training;
    const boundary = boundaryOf("step", signature, state, "float32");
    const { graph } = planRun(step, signature, boundary, { state });
    const provider = openvinoProvider(1);
    const model = encodeFor(provider, "float32", graph, "step");
    const runtime = openNativeRuntime();
    runtime.presentCpuAs(0x8086);
    const settings = provider.options({ float64: false });
    const session = await createNativeSession(runtime, model, {
      inputNames: [...model.inputs.values()],
      outputNames: [...model.outputs.values()],
      settings: { ...settings, extra: { session: { record_ep_graph_assignment_info: "1" } } },
      threads: 1,
      library: providerLibrary(findOpenvino().library, 1, 1, "f32"),
    });
    const subgraphs = session.placement();
    session.release();
    expect(subgraphs.map(({ provider }) => provider)).toEqual(["OpenVINOExecutionProvider"]);
    expect(new Set(subgraphs[0]!.ops)).toEqual(new Set(Object.keys(model.ops).filter((op) => op !== "Constant")));
  });

  test("computes no float64, and names the engine that does", async () => {
    const engine = await createEngine("openvino", { threads: 1 });
    await expect(
      engine.compile(({ x }) => ({ y: tf.exp(x!) }), { x: { shape: [2] } }, { precision: "float64" }),
    ).rejects.toThrow('engine openvino: no float64: compile on "cpu"');
  });

  test.each(names)("gives the same bits for 1 and 2 threads, and when compiled again: %s", async (name) => {
    const [one, two] = [await createEngine(name, { threads: 1 }), await createEngine(name, { threads: 2 })];
    for (const count of [1, 2, 4]) {
      const wanted = await train(one, { count });
      expect(await train(one, { count }), `again, ${count} parts`).toEqual(wanted);
      expect(await train(two, { count }), `2 threads, ${count} parts`).toEqual(wanted);
    }
  });

  test.each(names)("gives the same bits for 1 and 2 threads that share its ops: %s", async (name) => {
    const large = createBlockTraining({ N: 32, T: 33, D: 96, heads: 3 });
    const boundary = boundaryOf("step", large.signature, large.state, "float32");
    expect(usefulThreads(2, 1, planRun(large.step, large.signature, boundary, large).graph)).toBe(2);
    const stateAfter = async (threads: number) => {
      const engine = await createEngine(name, { threads });
      const compiled = await engine.compile(large.step, large.signature, large);
      await compiled.setState(large.start());
      for (let i = 0; i < 3; i++) await compiled.run(large.inputs(i));
      const state = await compiled.getState();
      await compiled.dispose();
      return state;
    };
    expect(await stateAfter(2)).toEqual(await stateAfter(1));
  });

  test("gives the losses of cpu to 2e-5", async () => {
    const run = async (name: "cpu" | "openvino") => {
      const engine = await createEngine(name, { threads: 1 });
      const compiled = await engine.compile(training.step, training.signature, training);
      await compiled.setState(training.start());
      const losses: number[] = [];
      for (let i = 0; i < 3; i++) losses.push((await compiled.run(training.inputs(i))).loss![0]!);
      await compiled.dispose();
      return losses;
    };
    const [wanted, found] = [await run("cpu"), await run("openvino")];
    for (const [i, loss] of found.entries()) expect(Math.abs(loss / wanted[i]! - 1), `loss ${i}`).toBeLessThan(2e-5);
  });

  test("is an engine by name, with the threads that were asked for, and takes no other precision", async () => {
    expect(await createEngine("openvino", { threads: 2 })).toMatchObject({ name: "openvino", threads: 2 });
    if (names.includes("openvino+bfloat16"))
      expect(await createEngine("openvino+bfloat16", { threads: 1 })).toMatchObject({ name: "openvino+bfloat16" });
    await expect(createEngine("openvino+float16" as never)).rejects.toThrow(
      /is not known: wanted .*openvino\+bfloat16/,
    );
  });
});
