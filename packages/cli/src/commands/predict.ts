// `bench predict`: writes a DiT's output for given inputs.

import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { BenchError, openDit, predict as predictOutputs, weightsNamed } from "@dit-bench/runner";
import { readSafetensors, writeSafetensors } from "@dit-bench/weights";
import type { PredictOptions } from "../declarations/predict.ts";
import { checkOutputFile, makeOutputFolder, protectInputs } from "../outputs.ts";
import { print, printJson } from "../print.ts";
import { showProgress, stderrTerminal } from "../progress.ts";
import { listenForSignals } from "../signals.ts";
import { startEngine } from "../start-engine.ts";

export async function predict(options: PredictOptions): Promise<void> {
  const { weights, inputs, output, forward } = options;
  protectInputs(output, { "--inputs": inputs, "--weights": weights });
  checkOutputFile(output);
  if (!existsSync(inputs))
    throw new BenchError("data", `${inputs}: there is no such file; wanted a safetensors file with x, t and y`);
  const { tensors } = readSafetensors(inputs);
  const side = tensors.get("x")?.shape[3];
  const checkpoint = await openDit(weightsNamed(weights), {
    forward,
    ...(side === undefined ? {} : { inputSize: side }),
    ...(options.heads === undefined ? {} : { heads: options.heads }),
    ...(options.key === undefined ? {} : { key: options.key }),
    ...(options.nullClass ? {} : { nullClass: false }),
  });
  makeOutputFolder(dirname(output));
  const listener = showProgress(stderrTerminal(), listenForSignals());
  for (const note of checkpoint.notes) listener.note?.(note);
  if (checkpoint.layout === "diffusers" && forward === "official")
    listener.note?.(
      "computed as facebookresearch/DiT does, for which these weights were published; diffusers' own model uses " +
        "other frequencies in the timestep embedding, which --forward diffusers computes",
    );
  const engine = await startEngine(options, (text) => listener.note?.(text));
  try {
    const { shape, out, firstSeconds, batchSeconds } = await predictOutputs(checkpoint, tensors, {
      engine,
      source: inputs,
      listener,
    });
    writeSafetensors(output, [["out", { type: "F32", shape, data: out }]]);
    listener.clear();
    print(`${output}: out [${shape.join(", ")}]\n`);
    const peakMemoryMB = Math.round((process.resourceUsage().maxRSS * 1024) / 1e6);
    if (options.json)
      printJson({
        output,
        shape,
        config: checkpoint.config,
        layout: checkpoint.layout,
        engine: engine.name,
        firstSeconds,
        batchSeconds,
        peakMemoryMB,
      });
  } finally {
    listener.clear();
  }
}
