// Single parts of a run, for programs that measure them (benchmarks/performance, tools/parity). Other users need
// index.ts.

export { readWeights } from "./assets/weight-file.ts";
export { machine, versions } from "./cell/provenance.ts";
export { compileExtractor } from "./extractors/compile-extractor.ts";
export { openSpace } from "./latents/space.ts";
export { readBase } from "./recipe/base-model.ts";
export { samplerStep } from "./sampling/sample.ts";
export { denoisingBatch, toPixels } from "./training/batches.ts";
export { denoisingStep } from "./training/denoising-step.ts";
export { eventLog } from "./training/event-log.ts";
export { samplingParts, trainingMicroBatches } from "./training/micro-batches.ts";
export { initialState, type TrainingState, trainingStep } from "./training/optimizer-step.ts";
