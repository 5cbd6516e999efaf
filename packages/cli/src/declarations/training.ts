// Flags that `bench run` and `bench grid` share. A grid passes them on to each cell, except those of `notForCells`.

import type { KeepState } from "@dit-bench/runner";
import { choice, decimalNumber, text, texts } from "../parser/flag.ts";
import { computing, json, out, plugin, recipe, strict } from "./shared.ts";
import { settingKeys } from "./suggestions.ts";

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
    settingKeys,
  ),
  rates: text(
    "file",
    "a sweep.json of 'bench sweep': run with the values that it chose; a grid without --methods runs its methods",
  ),
  plugin,
  strict,
  heldOut: decimalNumber(
    "share",
    "share of the images that is not trained on, for the held-out scores; the setting data.heldOut " +
      "(default: 0.2 of your own images, if that is 40 or more, and none of others)",
    { holds: (share) => share < 1, wanted: "a share of at least 0 and below 1" },
  ),
  engine: computing.engine,
  keepState: choice(
    "when",
    "keep the training state of a finished run, from which a run with more training.steps continues; " +
      "auto: up to 1 GiB",
    { choices: keepStates, default: "auto" },
  ),
  tensorboard: text(
    "folder",
    "write the curves of the training for TensorBoard, too; metrics.jsonl in the folder of a run always has them",
  ),
  json,
};
