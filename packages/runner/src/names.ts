// Names of methods, datasets and recipes. This entry loads no engine, so that the shell completes names quickly.

export { datasetEntries } from "./assets/dataset-entries.ts";
export { builtinMethods } from "./methods/builtin-methods.ts";
export { recipeNames } from "./recipe/recipe-names.ts";
