// Engines over ONNX Runtime's C API and over Node's binding, and a short training, for tests that compare them.

import type { Engine } from "../../contract/engine.ts";
import { cpuProvider } from "../../engines/cpu.ts";
import { type PartsTraining, partsTraining } from "../../testing/parts.ts";
import { loadRuntime } from "../load-runtime.ts";
import { createOnnxEngine } from "../onnx-engine.ts";
import { createNativeEngine } from "./native-engine.ts";
import { openNativeRuntime } from "./open-library.ts";

type Weights = "float32" | "float16";
/** Engines over the C API. */
export const native = (threads: number, frozenWeights: Weights = "float32", maxConstantBytes = 2 ** 30): Engine =>
  createNativeEngine(openNativeRuntime(), { ...cpuProvider(threads), maxConstantBytes }, { frozenWeights });
/** The same engines over Node's binding. */
export const nodes = async (threads: number, frozenWeights: Weights = "float32", maxConstantBytes = 2 ** 30) =>
  createOnnxEngine(await loadRuntime(), { ...cpuProvider(threads), maxConstantBytes }, frozenWeights);

/** Losses of some steps, and the state after them. */
export async function train(engine: Engine, training: PartsTraining, steps = 3) {
  const { compile, start, inputs } = partsTraining(training);
  const compiled = await engine.compile(...compile);
  await compiled.setState(start());
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push((await compiled.run(inputs(i))).loss![0]!);
  const state = await compiled.getState();
  await compiled.dispose();
  return { losses, state };
}
