// `bench pretrain`: trains a recipe's own base model and feature extractor again.

import { join } from "node:path";
import { loadRecipe, pretrainBase, pretrainExtractor } from "@dit-bench/runner";
import type { PretrainOptions } from "../declarations/pretrain.ts";
import { checkOutputFolder } from "../outputs.ts";
import { print } from "../print.ts";
import { showProgress, stderrTerminal } from "../progress.ts";
import { listenForSignals } from "../signals.ts";
import { startEngine } from "../start-engine.ts";

export async function pretrain(options: PretrainOptions): Promise<void> {
  const recipe = loadRecipe(options.recipe);
  checkOutputFolder(options.to ?? recipe.folder, "--to");
  checkOutputFolder(options.out, "--out");
  const listener = showProgress(stderrTerminal(), listenForSignals());
  const engine = await startEngine(options, (text) => listener.note?.(text));
  const task = {
    recipe,
    engine,
    out: options.to ?? recipe.folder,
    work: join(options.out, `pretraining-${recipe.settings.name.replaceAll("/", "-")}`),
    listener,
  };
  try {
    if (options.part !== "base") {
      const { path, accuracy } = await pretrainExtractor(task);
      listener.clear();
      print(`${path}: accuracy ${(100 * accuracy).toFixed(1)} % on images not used in training\n`);
    }
    const hasBase = recipe.settings.pretraining?.base !== undefined;
    if (options.part === "base" || (options.part === "all" && hasBase)) {
      const path = await pretrainBase(task);
      listener.clear();
      print(`${path}\n`);
    }
  } finally {
    listener.clear();
  }
}
