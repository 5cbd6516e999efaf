export { protocolFolder } from "./cell.ts";
export { type DatasetChoice, datasetEntries } from "./dataset.ts";
export { BenchError, exitCodes, Interrupted } from "./errors.ts";
export type { Listener } from "./events.ts";
export { type GridCell, runGrid } from "./grid.ts";
export { builtinMethods, type LoadedMethod, loadMethod, loadMethods } from "./methods.ts";
export { type PretrainingPart, pretrainBase, pretrainExtractor } from "./pretrain.ts";
export { isRecipeSetting, loadRecipe, projectFolder, type Recipe, recipeNames } from "./recipe.ts";
export { type RunOutcome, type RunTask, runCell } from "./run.ts";
