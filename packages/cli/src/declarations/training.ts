// Flags that `bench run` and `bench grid` share. A grid passes them on to each cell, except those of `notForCells`.

import type { KeepState } from "@dit-bench/runner";
import { choice, text, texts } from "../parser/flag.ts";
import { computing, json, out, plugin, recipe, strict } from "./shared.ts";

/** A record of the type, so that no value is missing. Loading them from the runner would slow the help. */
const keepStates = Object.keys({ auto: true, always: true, never: true } satisfies Record<
  KeepState,
  true
>) as KeepState[];

export const training = {
  recipe,
  out,
  set: texts(
    "key=value",
    "an option of the method (rank=16, or lora.rank=16 for one of several methods), the learning rate " +
      "(learningRate=0.002; every method has it), or a setting of the recipe (training.steps=300)",
  ),
  rates: text("file", "a sweep.json of 'bench sweep': run each method with the value that the sweep chose"),
  plugin,
  strict,
  engine: computing.engine,
  keepState: choice(
    "when",
    "keep the training state of a finished run, from which a run with more training.steps continues; " +
      "auto: up to 1 GiB",
    { choices: keepStates, default: "auto" },
  ),
  json,
};
