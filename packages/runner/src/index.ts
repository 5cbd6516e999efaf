export { protocolFolder } from "./cell.ts";
export { checkBeforehand } from "./data-checks.ts";
export { checkDatasetName, type DatasetChoice, datasetTitle, ownDatasetName, ownImages } from "./dataset.ts";
export { datasetEntries } from "./dataset-entries.ts";
export { type Comparison, compareSets } from "./distance/compare-sets.ts";
export { checkRoom, isFeatureFile, writeFeatureFile } from "./distance/feature-file.ts";
export { type FeatureSet, statisticsOf } from "./distance/feature-set.ts";
export { arrayFeatures } from "./distance/image-array.ts";
export { imageFeatures } from "./distance/image-features.ts";
export {
  type ExtractorChoice,
  extractorNames,
  type LoadedExtractor,
  loadExtractor,
} from "./distance/load-extractor.ts";
export { openSet, type SetSource } from "./distance/set-source.ts";
export {
  type DitCheckpoint,
  type DitCheckpointOptions,
  type Forward,
  forwards,
  openDit,
} from "./dit-checkpoint.ts";
export { BenchError, exitCodes, Interrupted } from "./errors.ts";
export type { Listener } from "./events.ts";
export { type Fetched, type FetchPlan, fetchOne, planFetch } from "./fetch.ts";
export { misplaced, publishedWeights, weightsNamed } from "./fetched.ts";
export type { CellOutcome } from "./grid/judge.ts";
export { type CellObserver, type Launcher, localProcesses } from "./grid/launcher.ts";
export { type GridLink, linkToGrid } from "./grid/link.ts";
export type { CellMessage } from "./grid/messages.ts";
export { type GridCell, type GridRun, type GridTask, type GridWatch, startGrid } from "./grid.ts";
export type { KeepState } from "./kept-state.ts";
export { type Codec, type CodecOptions, openCodec } from "./latents/codec.ts";
export { decodeLatents, imageNames } from "./latents/decode-latents.ts";
export { encodePictures } from "./latents/encode-pictures.ts";
export { type LatentFile, readLatents, writeLatents } from "./latents/latent-file.ts";
export { type AutoencoderFile, openAutoencoder } from "./latents/open-autoencoder.ts";
export type { LeftOut } from "./left-out.ts";
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
} from "./locate.ts";
export { makePictures, type Pictures, type PicturesTask } from "./make-pictures.ts";
export { builtinMethods, type LoadedMethod, loadMethod, loadMethods, methodNamed } from "./methods.ts";
export { type OpenedRun, openRun } from "./open-run.ts";
export { claimFolder, manifestName, type OutputFolder } from "./output-folder.ts";
export { type NeededFile, remediesOf } from "./plan/needed-files.ts";
export { type Plan, planRun, reached } from "./plan/plan.ts";
export { productRate } from "./plan/product-rate.ts";
export { type Prediction, predict } from "./predict.ts";
export { type PretrainingPart, pretrainBase, pretrainExtractor } from "./pretrain.ts";
export {
  loadRecipe,
  projectFolder,
  type Recipe,
  recipeNames,
  recipeSections,
  recipeSettings,
  respacingProblem,
} from "./recipe.ts";
export { findWeights, namedWeights, usableWeights } from "./recipe-weights.ts";
export { type RunOutcome, type RunTask, runCell } from "./run.ts";
export type { Network } from "./sample.ts";
export { aboutNames } from "./weight-names.ts";
