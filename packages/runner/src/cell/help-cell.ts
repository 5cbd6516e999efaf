// The part of a process that waits because another one runs the same cell: it helps with the samples of the trained
// model.

import { readWeights } from "../assets/weight-file.ts";
import { helpWhileWaiting } from "../sampling/help-while-waiting.ts";
import type { SamplesPlace } from "../sampling/kept-samples.ts";
import { mergedNetwork } from "../sampling/merged-network.ts";
import { helpSampling, labelsLike } from "../sampling/sample.ts";
import { sha256Of } from "../storage/hashes.ts";
import type { PreparedCell } from "./stages/prepare.ts";

/** Where a cell keeps its samples. @param digest SHA-256 of the trained weights' file */
export const samplesPlace = ({ files, expected, task }: PreparedCell, digest: string): SamplesPlace => ({
  folder: files.samplesPath,
  key: `${expected.identity} ${digest} ${task.engine.name}`,
});

/** A function to be called while the process waits for the cell's lock. */
export const helpCell = (cell: PreparedCell): (() => Promise<void>) =>
  helpWhileWaiting(cell.files.samplesPath, cell.task.listener, async (key, begun) => {
    const { task, files, data, adapted, config, values } = cell;
    const { recipe, engine, seed, listener } = task;
    const kept = samplesPlace(cell, sha256Of(files.weightsPath));
    if (kept.key !== key) return; // another engine, or weights of an earlier training
    const { sampling } = recipe.settings;
    const trained = readWeights(files.weightsPath, adapted.trainable, "run the cell again");
    const network = mergedNetwork(adapted, config, values, trained.values);
    const labels = labelsLike(data.labels, sampling.images, seed);
    await helpSampling({ engine, network, settings: sampling, seed, labels, kept, listener }, begun);
  });
