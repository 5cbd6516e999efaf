// The stage after training: samples the merged model and the base model, and compares both with the real images.

import type { Values } from "@dit-bench/method";
import type { RunMetrics } from "@dit-bench/record";
import { compileRecipeExtractor } from "../../recipe/recipe-extractor.ts";
import { measureImages } from "../../sampling/measure-images.ts";
import { mergedNetwork } from "../../sampling/merged-network.ts";
import { labelsLike, sample } from "../../sampling/sample.ts";
import { samplesPlace } from "../help-cell.ts";
import { measureRealImages } from "../measure-real-images.ts";
import { sampleBase } from "../sample-base.ts";
import { score } from "../score.ts";
import { generatedOnSheet, type SheetImages } from "../sheet.ts";
import type { PreparedCell } from "./prepare.ts";

export interface ScoredSamples {
  readonly metrics: RunMetrics;
  /** The images that the sheet shows. */
  readonly sheet: SheetImages;
}

/**
 * @param trained the trained weights to sample from
 * @param digest that of their file
 */
export async function sampleAndScore(cell: PreparedCell, trained: Values, digest: string): Promise<ScoredSamples> {
  const { task, base, extractorFile, space, data, adapted, config, values, clock } = cell;
  const { recipe, engine, out, seed, listener } = task;
  const { sampling, metrics } = recipe.settings;
  const extractor = await compileRecipeExtractor(engine, extractorFile, data.size);
  try {
    clock.restart();
    const labels = labelsLike(data.labels, sampling.images, seed);
    const fromBase = await sampleBase(recipe, base, extractor, { engine, out, seed, listener, space, labels });
    clock.lap("base");
    listener.stage?.("sample", `${sampling.images} images`);
    const network = mergedNetwork(adapted, config, values, trained);
    const kept = samplesPlace(cell, digest);
    const { x, otherSeconds } = await sample({ engine, network, settings: sampling, seed, labels, kept, listener });
    clock.lap("sample", otherSeconds);
    const shown = generatedOnSheet(labels);
    const generated = await measureImages(space, extractor, config, x, shown, listener);
    const measured = { engine: engine.name, out, listener };
    const real = await measureRealImages(data, extractor, measured);
    const heldOut = data.heldOut && (await measureRealImages({ ...data, ...data.heldOut }, extractor, measured));
    clock.lap("features");
    listener.stage?.("score");
    const features = {
      generated: { features: generated.features, labels },
      real: { features: real, labels: data.labels },
      base: fromBase.features,
      ...(heldOut && { heldOut }),
      classes: data.classes,
    };
    const scores = score(metrics, extractor, features, seed, data.noHeldOut);
    clock.lap("score");
    const shownLabels = Int32Array.from(shown, (i) => labels[i]!);
    return {
      metrics: { ...scores, ...(recipe.settings.data.labels === "base" && { baseLabels: "dataset" as const }) },
      sheet: {
        real: data,
        generated: { pixels: generated.pixels, labels: shownLabels, indices: shown },
        base: fromBase,
      },
    };
  } finally {
    await extractor.dispose();
  }
}
