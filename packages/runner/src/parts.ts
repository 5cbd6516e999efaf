// What a run is made of, part by part: for measuring them (benchmarks/performance). Users of runs want index.ts.
export { readBase } from "./base-model.ts";
export { partsOfBatch } from "./batch-parts.ts";
export { denoisingBatch, toPixels } from "./batches.ts";
export { denoisingStep } from "./denoising.ts";
export { compileExtractor } from "./features.ts";
export { openSpace } from "./latents/space.ts";
export { initialState, type TrainingState, trainingStep } from "./optimise.ts";
export { machine, versions } from "./provenance.ts";
export { samplerStep } from "./sample.ts";
export { readWeights } from "./weight-file.ts";
