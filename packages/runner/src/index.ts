// The exports of this package for the command line and other programs.

export { type Fetched, type FetchPlan, fetchOne, planFetch } from "./assets/fetch.ts";
export { misplaced, publishedWeights, weightsNamed } from "./assets/fetched.ts";
export {
  type Fetchable,
  fetchable,
  fetchables,
  folderOf,
  type Located,
  locate,
  type WeightsEntry,
  type WeightsFile,
} from "./assets/locate.ts";
export { aboutNames } from "./assets/weight-names.ts";
export { checkBeforehand } from "./cell/data-checks.ts";
export { protocolFolder } from "./cell/identity.ts";
export { type OpenedRun, openRun } from "./cell/open-run.ts";
export { machine } from "./cell/provenance.ts";
export { runCell } from "./cell/run-cell.ts";
export type { RunOutcome, RunTask } from "./cell/run-task.ts";
export { BenchError, exitCodes, Interrupted } from "./errors.ts";
export type { Listener } from "./events.ts";
export { type Exported, type ExportTask, exportRun } from "./export/export-run.ts";
export { exportFormats } from "./export/formats.ts";
export { extractorOfId, extractors } from "./extractors/extractors.ts";
export { type Comparison, compareSets } from "./feature-sets/compare-sets.ts";
export { checkFileSize, writeFeatureFile } from "./feature-sets/feature-file.ts";
export { type FeatureSet, statisticsOf } from "./feature-sets/feature-set.ts";
export { arrayFeatures } from "./feature-sets/image-array.ts";
export { imageFeatures } from "./feature-sets/image-features.ts";
export {
  type ExtractorChoice,
  type LoadedExtractor,
  loadExtractor,
} from "./feature-sets/load-extractor.ts";
export { openSet, type SetSource } from "./feature-sets/set-source.ts";
export { type Codec, type CodecOptions, openCodec } from "./latents/codec.ts";
export { decodeLatents, imageNames } from "./latents/decode-latents.ts";
export { encodeImages } from "./latents/encode-images.ts";
export { type LatentFile, readLatents, writeLatents } from "./latents/latent-file.ts";
export { type AutoencoderFile, openAutoencoder } from "./latents/open-autoencoder.ts";
export { type GridLink, linkToGrid, submitCell } from "./launch/cell-process.ts";
export { type GridRun, type GridTask, type GridWatch, startGrid } from "./launch/grid.ts";
export type { GridCell } from "./launch/grid-cell.ts";
export { type CellOutcome, isRecordOf, isRunOf } from "./launch/judge.ts";
export type { CellMessage } from "./launch/messages.ts";
export { errorIn } from "./launch/printed-error.ts";
export { checkFit } from "./methods/check-fit.ts";
export { defaultLearningRate, labelWithRate, ownLearningRate, usedLearningRate } from "./methods/learning-rate.ts";
export type { LoadedMethod } from "./methods/loaded-method.ts";
export { loadMethod, loadMethods, methodNamed, paperMethods } from "./methods/methods.ts";
export { isSectionName } from "./methods/plugin.ts";
export { packageFolder } from "./methods/plugin-files.ts";
export { builtinMethods, datasetEntries, recipeNames } from "./names.ts";
export { gemmThroughput } from "./plan/gemm-throughput.ts";
export { type NeededFile, remediesOf } from "./plan/needed-files.ts";
export { type Plan, planRun, throughputShare } from "./plan/plan.ts";
export { projectFolder } from "./project-folder.ts";
export {
  checkDatasetName,
  countImages,
  type DatasetChoice,
  datasetsOf,
  datasetTitle,
  ownDatasetName,
  ownImages,
} from "./recipe/dataset.ts";
export {
  type DitCheckpoint,
  type DitCheckpointOptions,
  type Forward,
  forwards,
  openDit,
} from "./recipe/dit-checkpoint.ts";
export {
  atPrecision,
  loadRecipe,
  type Recipe,
  type RecipeVariant,
  recipeSections,
  recipeSettings,
} from "./recipe/recipe.ts";
export { findWeights, namedWeights, usableWeights } from "./recipe/recipe-weights.ts";
export { respacingProblem } from "./recipe/schema.ts";
export { variantNamed } from "./recipe/variant.ts";
export { type ImagesTask, type MadeImages, makeImages } from "./sampling/make-images.ts";
export { claimFolder, manifestName, type OutputFolder } from "./sampling/output-folder.ts";
export { type Prediction, predict } from "./sampling/predict.ts";
export type { Network } from "./sampling/sample.ts";
export type { SkippedFile } from "./skipped-files.ts";
export { checkOutputFolder, folderError } from "./storage/make-folder.ts";
export type { KeepState } from "./training/kept-state.ts";
export { type PretrainingPart, pretrainBase, pretrainExtractor } from "./training/pretrain.ts";
