// Training steps as a whole: against eager tfjs, and their bits over runs, threads and processes.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { createEngine, encode, optimize, trace, type Values } from "../index.ts";
import { createBlockTraining } from "./block.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

test("five AdamW steps give the weights that eager tfjs gives, to 5e-5", async () => {
  const { step, signature, state, inputs, start, isKeyBias } = createBlockTraining({ N: 2, T: 5, D: 12, heads: 3 });
  const [compiled, eager] = await Promise.all(
    (["cpu", "tfjs-cpu"] as const).map(async (name) => {
      const training = await (await createEngine(name, { threads: 1 })).compile(step, signature, { state });
      await training.setState(start());
      const losses: number[] = [];
      for (let i = 0; i < 5; i++) losses.push((await training.run(inputs(i))).loss![0]!);
      const { weights } = await training.getState();
      await training.dispose();
      return { losses, weights: weights! };
    }),
  );
  for (const [i, loss] of eager!.losses.entries()) expect(compiled!.losses[i]! / loss).toBeCloseTo(1, 5);
  for (const [i, w] of eager!.weights.entries()) {
    if (!isKeyBias(i)) expect(Math.abs(compiled!.weights[i]! - w)).toBeLessThan(5e-5);
  }
  expect(compiled!.weights).not.toEqual(start().weights);
});

describe("training steps from the same inputs give the same bits", () => {
  // Large enough that the runtime divides every kernel among its threads.
  const training = createBlockTraining({ N: 8, T: 33, D: 96, heads: 3 });
  const digest = (values: Values) => {
    const hash = createHash("sha256");
    for (const key of Object.keys(values).sort()) hash.update(new Uint8Array(values[key]!.buffer));
    return hash.digest("hex");
  };

  async function threeSteps(threads: number): Promise<string> {
    const compiled = await (await createEngine("cpu", { threads })).compile(
      training.step,
      training.signature,
      training,
    );
    await compiled.setState(training.start());
    for (let i = 0; i < 3; i++) await compiled.run(training.inputs(i));
    const state = await compiled.getState();
    await compiled.dispose();
    return digest(state);
  }

  test("when compiled again, and for any number of threads", async () => {
    const once = await threeSteps(1);
    expect(await threeSteps(1)).toBe(once);
    expect(await threeSteps(2)).toBe(once);
    expect(await threeSteps(3)).toBe(once);
  });

  test("when an encoded model runs in another process", async () => {
    const { bytes, external, inputs, outputs } = encode(optimize(trace(training.step, training.signature)));
    expect(external).toEqual([]);
    const folder = mkdtempSync(join(tmpdir(), "dit-bench-"));
    writeFileSync(join(folder, "model.onnx"), bytes);
    const values: Values = { ...training.inputs(0), ...training.start() };
    const feeds = [...inputs].map(([key, name]) => ({
      name,
      shape: training.signature[key]!.shape,
      values: Array.from(values[key]!),
    }));
    writeFileSync(join(folder, "feeds.json"), JSON.stringify(feeds));
    const script = `
      const ort = require(${JSON.stringify(createRequire(import.meta.url).resolve("onnxruntime-node"))});
      const feeds = require(${JSON.stringify(join(folder, "feeds.json"))});
      (async () => {
        const options = { intraOpNumThreads: 2 };
        const session = await ort.InferenceSession.create(${JSON.stringify(join(folder, "model.onnx"))}, options);
        const tensor = ({ values, shape }) => new ort.Tensor("float32", Float32Array.from(values), shape);
        const made = await session.run(Object.fromEntries(feeds.map((f) => [f.name, tensor(f)])));
        const data = made[${JSON.stringify(outputs.get("weights"))}].data;
        console.log(require("node:crypto").createHash("sha256").update(new Uint8Array(data.buffer)).digest("hex"));
      })();`;
    const there = execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }).trim();
    rmSync(folder, { recursive: true });

    const compiled = await (await createEngine("cpu", { threads: 2 })).compile(
      training.step,
      training.signature,
      training,
    );
    await compiled.setState(training.start());
    await compiled.run(training.inputs(0));
    const { weights } = await compiled.getState();
    await compiled.dispose();
    expect(digest({ weights: weights! })).toBe(there);
  });
});
