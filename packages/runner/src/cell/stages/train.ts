// The third stage: trains the cell. A run that diverges leaves its record here, because nothing follows.

import { join, relative } from "node:path";
import { linearSchedule } from "@dit-bench/diffusion";
import { writeRecord } from "@dit-bench/record";
import { denoisingBatch, type TrainingImages } from "../../training/batches.ts";
import { type Progress, removeCheckpoint } from "../../training/checkpoint.ts";
import { denoisingStep } from "../../training/denoising-step.ts";
import { eventLog } from "../../training/event-log.ts";
import { type FidCurve, hasAllPoints } from "../../training/fid-curve.ts";
import { fixedBatch, isFixedBatchStep } from "../../training/fixed-batch.ts";
import { findState } from "../../training/kept-state.ts";
import { trainingMicroBatches } from "../../training/micro-batches.ts";
import { jsonLines, openAll } from "../../training/step-log.ts";
import { Diverged, type Trained, train } from "../../training/train.ts";
import { fidOverTraining } from "../fid-over-training.ts";
import { recordOf } from "../run-record.ts";
import { spentOn } from "../spent.ts";
import type { PreparedCell } from "./prepare.ts";

/** Throws Diverged, with the record written, if the loss or a weight is not finite. */
export async function trainCell(cell: PreparedCell): Promise<Trained> {
  const { space, data, files, clock } = cell;
  clock.restart();
  const images = await space.training(data);
  clock.lap("latents");
  const fidCurve = fidOverTraining(cell);
  try {
    return await train(trainingOf(cell, images, fidCurve));
  } catch (error) {
    if (error instanceof Diverged) {
      await writeRecord(files.recordPath, recordOf(cell, error.trained, null));
      removeCheckpoint(files.checkpointPath);
    }
    throw error;
  } finally {
    await fidCurve?.dispose();
    images.close();
  }
}

/** The arguments of `train` for this cell: step, initial weights, batches and checkpoint. */
function trainingOf(
  cell: PreparedCell,
  images: TrainingImages,
  fidCurve: FidCurve | undefined,
): Parameters<typeof train>[0] {
  const { task, files, adapted, config, values, lineage, learningRate } = cell;
  const { identity } = cell.expected;
  const { recipe, engine, seed, out, listener, tensorboard } = task;
  const { steps, batch, emaDecay, labelDropout, betas, eps, weightDecay } = recipe.settings.training;
  const optimizer = { lr: learningRate, betas, eps, weightDecay };
  const settings = { batch, seed, flip: recipe.settings.data.flip, labelDropout, nullClass: config.classes };
  const schedule = linearSchedule();
  const description = { optimizer, emaDecay };
  const owner = { identity, lineage, engine: engine.name };
  const microBatches =
    engine.adapter === undefined ? trainingMicroBatches(config, adapted.parameters, batch) : undefined;
  const problemOf = (earlier: Progress) =>
    fidCurve === undefined || hasAllPoints(fidCurve, earlier)
      ? undefined
      : "it has no FID of some steps that metrics.every asks for";
  const evaluated = fixedBatch(images, schedule, batch);
  return {
    engine,
    step: denoisingStep(adapted, config, values, batch, { ...description, ...(microBatches && { microBatches }) }),
    start: adapted.initial(values, seed),
    steps,
    optimizer: () => optimizer,
    batch: (step) => denoisingBatch(images, schedule, settings, step),
    fixedBatch: {
      step: denoisingStep(adapted, config, values, evaluated.images, description),
      batch: evaluated.batch,
      isDue: (step) => isFixedBatchStep(step, steps, batch),
    },
    log: openAll(
      jsonLines(files.stepsPath),
      ...(tensorboard === undefined ? [] : [eventLog(join(tensorboard, relative(out, files.folder)))]),
    ),
    fidCurve,
    checkpoint: { path: files.checkpointPath, identity, lineage },
    earlier: (parameters) => findState({ out, cell: files.folder, owner, steps, problemOf, listener }, parameters),
    spent: () => spentOn(cell),
    listener,
  };
}
