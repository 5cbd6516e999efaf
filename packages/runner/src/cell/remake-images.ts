// Makes the sheet, the strips and the charts of a finished run again, from its weights and its record. Samples are a
// function of weights and seed, so the new sheet shows the same images.

import { replaceFile } from "@dit-bench/files";
import type { RunRecord } from "@dit-bench/record";
import { readWeights } from "../assets/weight-file.ts";
import { compileRecipeExtractor } from "../recipe/recipe-extractor.ts";
import { mergedNetwork } from "../sampling/merged-network.ts";
import { labelsLike, sample } from "../sampling/sample.ts";
import { sampleBase } from "./sample-base.ts";
import { generatedOnSheet, makeSheet } from "./sheet.ts";
import type { PreparedCell } from "./stages/prepare.ts";
import { writeStrips } from "./strip.ts";

/** @param names names of the images that are missing or damaged */
export async function remakeImages(cell: PreparedCell, record: RunRecord, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const { task, files } = cell;
  task.listener.note?.(`made again, because missing or damaged: ${names.join(", ")}`);
  if (names.includes("sheet.png")) await remakeSheet(cell, record);
  if (names.some((name) => name !== "sheet.png")) await task.illustrate?.(record, files.folder);
}

async function remakeSheet(cell: PreparedCell, record: RunRecord): Promise<void> {
  const { task, files, base, extractorFile, space, data, adapted, config, values } = cell;
  const { recipe, engine, out, seed, listener } = task;
  const { sampling } = recipe.settings;
  const trained = readWeights(files.weightsPath, adapted.trainable, "run the cell again");
  const labels = labelsLike(data.labels, sampling.images, seed);
  const shown = generatedOnSheet(labels);
  const shownLabels = Int32Array.from(shown, (i) => labels[i]!);
  listener.stage?.("sample", `${shown.length} images for the sheet`);
  const network = mergedNetwork(adapted, config, values, trained.values);
  const { x } = await sample({
    engine,
    network,
    settings: sampling,
    seed,
    labels: shownLabels,
    indices: shown,
    listener,
  });
  const pixels = await space.pixels(x);
  const extractor = await compileRecipeExtractor(engine, extractorFile, data.size);
  try {
    const fromBase = await sampleBase(recipe, base, extractor, { engine, out, seed, listener, space, labels });
    const generated = { pixels, labels: shownLabels, indices: shown };
    const shownImages = { real: data, generated, base: fromBase };
    await replaceFile(files.sheetPath, await makeSheet(record, shownImages));
    await writeStrips(files.recordPath, shownImages, record.data);
  } finally {
    await extractor.dispose();
  }
}
