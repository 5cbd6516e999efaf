// bench pretrain: a recipe's own weights, made again.

import { join } from "node:path";
import { loadRecipe, pretrainBase, pretrainExtractor } from "@dit-bench/runner";
import type { PretrainOptions } from "../declarations/pretrain.ts";
import { print } from "../print.ts";
import { progress, stderrTerminal } from "../progress.ts";
import { engineOf } from "../settings.ts";
import { listenForSignals } from "../signals.ts";

export async function pretrain(options: PretrainOptions): Promise<void> {
  const recipe = loadRecipe(options.recipe);
  const listener = progress(stderrTerminal(), listenForSignals());
  const engine = await engineOf(options, (text) => listener.note?.(text));
  const task = {
    recipe,
    engine,
    out: options.to ?? recipe.folder,
    work: join(options.out, `pretraining-${recipe.settings.name}`),
    listener,
  };
  try {
    if (options.part !== "base") {
      const { path, accuracy } = await pretrainExtractor(task);
      listener.clear();
      print(`${path}: right on ${(100 * accuracy).toFixed(1)} % of pictures it has not seen\n`);
    }
    if (options.part !== "extractor") {
      const path = await pretrainBase(task);
      listener.clear();
      print(`${path}\n`);
    }
  } finally {
    listener.clear();
  }
}
