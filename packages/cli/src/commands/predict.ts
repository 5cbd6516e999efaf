// bench predict: a DiT's output for given inputs.

import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { BenchError, openDit, predict as predictOutputs, weightsNamed } from "@dit-bench/runner";
import { readSafetensors, writeSafetensors } from "@dit-bench/weights";
import type { PredictOptions } from "../declarations/predict.ts";
import { keepInputs } from "../keep-inputs.ts";
import { print, printJson } from "../print.ts";
import { progress, stderrTerminal } from "../progress.ts";
import { engineOf, makeFolder } from "../settings.ts";
import { listenForSignals } from "../signals.ts";

export async function predict(options: PredictOptions): Promise<void> {
  const { weights, inputs, output, forward } = options;
  keepInputs(output, { "--inputs": inputs, "--weights": weights });
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
  makeFolder(dirname(output));
  const listener = progress(stderrTerminal(), listenForSignals());
  for (const note of checkpoint.notes) listener.note?.(note);
  if (checkpoint.layout === "diffusers" && forward === "official")
    listener.note?.(
      "computed as facebookresearch/DiT does, which these weights were published for; diffusers' own model spaces the timestep's frequencies otherwise: --forward diffusers",
    );
  const engine = await engineOf(options, (text) => listener.note?.(text));
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
