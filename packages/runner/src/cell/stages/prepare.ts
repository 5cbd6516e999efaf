// The second stage: the model that is trained, the cell's folder, and its identity. Nothing is written.

import { type DitConfig, ditModel } from "@dit-bench/dit";
import { type Adapted, attach, type Values } from "@dit-bench/method";
import { ownLearningRate, usedLearningRate } from "../../methods/learning-rate.ts";
import { forClasses } from "../../recipe/base-model.ts";
import { withoutTexts } from "../../recipe/schema.ts";
import { lineageOf } from "../../training/kept-state.ts";
import { checkData } from "../data-checks.ts";
import { type CellFiles, type ExpectedRun, filesOf } from "../find-run.ts";
import { cellFolder, identityOf } from "../identity.ts";
import type { RunInputs } from "./read-inputs.ts";

export interface PreparedCell extends RunInputs {
  readonly files: CellFiles;
  readonly adapted: Adapted;
  /** The model with the data's classes, and its weights before training. */
  readonly config: DitConfig;
  readonly values: Values;
  /** The identity and the inputs that the record of this cell has. */
  readonly expected: ExpectedRun;
  readonly lineage: string;
  readonly learningRate: number;
  /** The learning rate if it is not the default one of method and recipe. */
  readonly ownRate: number | undefined;
}

/**
 * Throws BenchError (data) for fewer images than a batch takes, MethodError if the method does not fit the model.
 */
export function prepareCell(inputs: RunInputs): PreparedCell {
  const { task, base, extractorFile, space, data } = inputs;
  const { recipe, method, dataset: choice, seed, out } = task;
  const { settings } = recipe;
  checkData(choice, data, settings.training.batch);
  const { config, values } = forClasses(recipe, base, data.classes.length, seed);
  const adapted = attach(method.method, ditModel(config), task.options);
  const autoencoder = space.autoencoder === undefined ? {} : { autoencoder: space.autoencoder };
  const ownRate = ownLearningRate(method.method, recipe, task.learningRate);
  const training = {
    settings,
    method: method.method.name,
    ...(method.code === undefined ? {} : { methodCode: method.code }),
    learningRate: method.method.learningRate,
    ...(ownRate === undefined ? {} : { ownLearningRate: ownRate }),
    options: adapted.options,
    fingerprint: data.fingerprint,
    seed,
    base: base.sha256,
    ...autoencoder,
  };
  const identityWith = (decidingSettings: object) =>
    identityOf({
      ...training,
      settings: decidingSettings,
      protocol: recipe.protocol,
      dataset: data.name,
      ...(data.heldOut && { heldOut: data.heldOut.fingerprint }),
      extractor: extractorFile.sha256,
    });
  return {
    ...inputs,
    files: filesOf(cellFolder(out, recipe, data.name, method.method, adapted.options, ownRate, seed)),
    adapted,
    config,
    values,
    expected: {
      identity: identityWith(withoutTexts(settings)),
      formerIdentity: (texts) => identityWith({ ...settings, ...texts }),
      settings,
      fingerprint: data.fingerprint,
      heldOut: data.heldOut?.fingerprint,
      weights: { base: base.sha256, extractor: extractorFile.sha256, ...autoencoder },
    },
    lineage: lineageOf(training),
    learningRate: usedLearningRate(method.method, recipe, task.learningRate),
    ownRate,
  };
}
