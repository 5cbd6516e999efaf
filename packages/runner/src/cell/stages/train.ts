// The training of one cell: its batches, its optimizer, and where its state is kept.

import { linearSchedule } from "@dit-bench/diffusion";
import { denoisingBatch, type TrainingPictures } from "../../training/batches.ts";
import { denoisingStep } from "../../training/denoising-step.ts";
import { fixedBatch, isFixedBatchStep } from "../../training/fixed-batch.ts";
import { findState } from "../../training/kept-state.ts";
import { countMicroBatches } from "../../training/micro-batches.ts";
import { type Trained, train } from "../../training/train.ts";
import type { PreparedCell } from "../run-cell.ts";

export async function trainCell(
  { task, files, adapted, config, values, wanted: { identity }, lineage }: PreparedCell,
  pictures: TrainingPictures,
): Promise<Trained> {
  const { recipe, engine, seed, out, listener, method } = task;
  const { steps, batch, emaDecay, labelDropout, learningRateScale, betas, eps, weightDecay } = recipe.settings.training;
  const optimizer = { lr: method.method.learningRate * learningRateScale, betas, eps, weightDecay };
  const settings = { batch, seed, flip: recipe.settings.data.flip, labelDropout, nullClass: config.classes };
  const schedule = linearSchedule();
  const description = { optimizer, emaDecay };
  const owner = { identity, lineage, engine: engine.name };
  const microBatches = engine.adapter === undefined ? countMicroBatches(config, adapted.parameters, batch) : 1;
  const evaluated = fixedBatch(pictures, schedule, batch);
  return train({
    engine,
    step: denoisingStep(adapted, config, values, batch, { ...description, microBatches }),
    start: adapted.initial(values, seed),
    steps,
    optimizer: () => optimizer,
    batch: (step) => denoisingBatch(pictures, schedule, settings, step),
    fixedBatch: {
      step: denoisingStep(adapted, config, values, evaluated.images, description),
      batch: evaluated.batch,
      isDue: (step) => isFixedBatchStep(step, steps, batch),
    },
    checkpoint: { path: files.checkpointPath, identity, lineage },
    earlier: (parameters) => findState({ out, cell: files.folder, owner, steps, listener }, parameters),
    listener,
  });
}
