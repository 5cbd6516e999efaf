// Names that the shell completes as values of flags, beside which other values are accepted: those of plug-ins, of own
// recipes and of own images.

/** The built-in methods. Their packages' names hold their names, so that no method is loaded. */
export const methodNames = async (): Promise<string[]> =>
  (await import("@dit-bench/runner/names")).builtinMethods.map((name) => name.replace("@dit-bench/method-", ""));

export const datasetNames = async (): Promise<string[]> =>
  (await import("@dit-bench/runner/names")).datasetEntries().map(({ name }) => name);

export const recipeNames = async (): Promise<string[]> => (await import("@dit-bench/runner/names")).recipeNames();

/** Names of the variants of all recipes. */
export async function variantNames(): Promise<string[]> {
  const { loadRecipe, recipeNames } = await import("@dit-bench/runner");
  return recipeNames().flatMap((name) => loadRecipe(name).grid.variants.map((variant) => variant.name));
}

/** Keys of `--set` and `--values`, with their `=`. */
export async function settingKeys(): Promise<string[]> {
  const { settingKeys: keysOf } = await import("../method-settings.ts");
  const methods = await (await import("@dit-bench/runner")).loadMethods([]);
  return keysOf(methods.map(({ method }) => method)).map((key) => `${key}=`);
}

export const fetchableNames = async (): Promise<string[]> =>
  (await import("@dit-bench/runner")).fetchables().map(({ name }) => name);
