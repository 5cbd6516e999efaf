export { type Fetched, type FetchPlan, fetchOne, planFetch } from "./assets/fetch.ts";
export { misplaced, publishedWeights, weightsNamed } from "./assets/fetched.ts";
export {
  type Fetchable,
  fetchable,
  fetchables,
  folderOf,
  homeFolder,
  type Located,
  locate,
  type WeightsEntry,
  type WeightsFile,
} from "./assets/locate.ts";
export { aboutNames } from "./assets/weight-names.ts";
export { checkBeforehand } from "./cell/data-checks.ts";
export { protocolFolder } from "./cell/identity.ts";
export { type RunOutcome, type RunTask, runCell } from "./cell/run-cell.ts";
export { BenchError, exitCodes, Interrupted } from "./errors.ts";
export type { Listener } from "./events.ts";
export { type Comparison, compareSets } from "./extractors/compare-sets.ts";
export { checkRoom, isFeatureFile, writeFeatureFile } from "./extractors/feature-file.ts";
export { type FeatureSet, statisticsOf } from "./extractors/feature-set.ts";
export { arrayFeatures } from "./extractors/image-array.ts";
export { imageFeatures } from "./extractors/image-features.ts";
export type { LeftOut } from "./extractors/left-out.ts";
export {
  type ExtractorChoice,
  extractorNames,
  type LoadedExtractor,
  loadExtractor,
} from "./extractors/load-extractor.ts";
export { openSet, type SetSource } from "./extractors/set-source.ts";
export { type Codec, type CodecOptions, openCodec } from "./latents/codec.ts";
export { decodeLatents, imageNames } from "./latents/decode-latents.ts";
export { encodePictures } from "./latents/encode-images.ts";
export { type LatentFile, readLatents, writeLatents } from "./latents/latent-file.ts";
export { type AutoencoderFile, openAutoencoder } from "./latents/open-autoencoder.ts";
export { type GridCell, type GridRun, type GridTask, type GridWatch, startGrid } from "./launch/grid.ts";
export type { CellOutcome } from "./launch/judge.ts";
export { type CellObserver, type Launcher, localProcesses } from "./launch/launcher.ts";
export { type GridLink, linkToGrid } from "./launch/link.ts";
export type { CellMessage } from "./launch/messages.ts";
export { builtinMethods, type LoadedMethod, loadMethod, loadMethods, methodNamed } from "./methods/methods.ts";
export { productRate } from "./plan/gemm-throughput.ts";
export { type NeededFile, remediesOf } from "./plan/needed-files.ts";
export { type Plan, planRun, reached } from "./plan/plan.ts";
export {
  checkDatasetName,
  type DatasetChoice,
  datasetsOf,
  datasetTitle,
  ownDatasetName,
  ownImages,
} from "./recipe/dataset.ts";
export { datasetEntries } from "./recipe/dataset-entries.ts";
export {
  type DitCheckpoint,
  type DitCheckpointOptions,
  type Forward,
  forwards,
  openDit,
} from "./recipe/dit-checkpoint.ts";
export { type OpenedRun, openRun } from "./recipe/open-run.ts";
export {
  loadRecipe,
  projectFolder,
  type Recipe,
  recipeNames,
  recipeSections,
  recipeSettings,
  respacingProblem,
} from "./recipe/recipe.ts";
export { findWeights, namedWeights, usableWeights } from "./recipe/recipe-weights.ts";
export { makePictures, type Pictures, type PicturesTask } from "./sampling/make-images.ts";
export { claimFolder, manifestName, type OutputFolder } from "./sampling/output-folder.ts";
export { type Prediction, predict } from "./sampling/predict.ts";
export type { Network } from "./sampling/sample.ts";
export type { KeepState } from "./training/kept-state.ts";
export { type PretrainingPart, pretrainBase, pretrainExtractor } from "./training/pretrain.ts";
