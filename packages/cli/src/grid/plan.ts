// The preparation of a grid or a sweep: every option, method, plug-in, engine and folder is checked before the first
// cell. It runs in a process of its own, because it loads plug-ins, which may end their process, print or never return.

import { realpathSync } from "node:fs";
import type { Engine } from "@dit-bench/compiler";
import { type AnyMethod, parseOptions } from "@dit-bench/method";
import {
  atPrecision,
  BenchError,
  checkBeforehand,
  checkDatasetName,
  checkFit,
  type DatasetChoice,
  datasetsOf,
  errorIn,
  linkToGrid,
  loadMethods,
  loadRecipe,
  methodNamed,
  ownImages,
  paperMethods,
  type Recipe,
  type RecipeVariant,
  submitCell,
  variantNamed,
} from "@dit-bench/runner";
import { exitCodes } from "@dit-bench/runner/errors";
import type { GridOptions } from "../declarations/grid.ts";
import { readSettings, type Settings, withHeldOut } from "../method-settings.ts";
import { checkOutputFolder } from "../outputs.ts";
import { splitNames } from "../parser/values.ts";
import { exitCodeOf } from "../report-error.ts";
import { requestStop } from "../signals.ts";
import { startEngine } from "../start-engine.ts";
import { protocolNote, readRates, tuneMethod } from "../sweep/rates.ts";
import { describeExpectedTime, type GridRow } from "./expected-time.ts";
import { shareCores } from "./share-cores.ts";

export interface GridPlan {
  readonly recipe: Recipe;
  /** Values of `--set` for every cell. */
  readonly recipeFlags: readonly string[];
  readonly methods: readonly PlannedMethod[];
  /** Variants of the recipe, with the names of the methods that run with each. */
  readonly variants: readonly { readonly name: string; readonly methods: readonly string[] }[];
  /** The columns of the table. */
  readonly columns: readonly DatasetChoice[];
  /** A line for the user about the time that the cells will take. */
  readonly expectedTime?: string;
  /** Lines for the user: which values of `--rates` run. */
  readonly notes: readonly string[];
  /** The file of `--rates`, as it was checked. */
  readonly rates?: { readonly path: string; readonly digest: string };
}

export interface PlannedMethod {
  readonly name: string;
  /** The plug-in that it came from, as the user wrote it. Only cells of this method load it. */
  readonly plugin?: string;
  /** Values of `--set` for this method's cells. */
  readonly flags: readonly string[];
}

/** Environment variable that is set for the process that prepares the grid. */
const preparing = "DIT_BENCH_GRID_PREPARES";

/**
 * Time limit for plug-ins, which may loop, to load and to check their options. Later work, such as listing a million
 * images, has no limit.
 */
const pluginLimitMs = 60_000;

/**
 * The stages that the process reports: before each plug-in is loaded, with its name; before each method checks its
 * options, with the name of its plug-in; and when all options are checked.
 */
const loadingPlugin = "loading a plug-in";
const checkingOptions = "checking options";
const optionsChecked = "options checked";

/** Called while code of plug-ins runs. Each call resolves when the process that watches has been informed. */
export interface PluginWatch {
  loading(plugin: string): Promise<void>;
  /** Before a method reads its options, makes its label or is attached to the model. */
  checking(method: Pick<AnyMethod, "plugin">): Promise<void>;
  checked(): Promise<void>;
}

/**
 * Called in every process. The one that prepares the grid sends the plan or the error; the others return false.
 *
 * @param prepare makes the plan, which must be plain JSON; it calls its argument before code of plug-ins runs
 */
export async function sendPlanIfPreparing(prepare: (plugins: PluginWatch) => Promise<object>): Promise<boolean> {
  if (process.env[preparing] === undefined) return false;
  delete process.env[preparing];
  const link = linkToGrid(requestStop);
  if (!link) return false;
  try {
    const plan = await prepare({
      loading: (plugin) => link.send({ kind: "stage", name: loadingPlugin, detail: plugin }),
      checking: ({ plugin }) =>
        link.send({ kind: "stage", name: checkingOptions, ...(plugin === undefined ? {} : { detail: plugin }) }),
      checked: () => link.send({ kind: "stage", name: optionsChecked }),
    });
    await link.send({ kind: "prepared", plan });
  } catch (error) {
    await link.send({ kind: "failed", message: (error as Error).message, exitCode: exitCodeOf(error as Error) });
  }
  process.exitCode = exitCodes.ok; // a plug-in may have set another
  return true;
}

/**
 * Prepares the grid or the sweep in another process. Throws the error of that process, with its exit code, or
 * BenchError (usage) if a plug-in ends the process, or the options are not checked within the limit.
 *
 * @param command arguments of Node that start this same command
 * @param limitMs how long plug-ins may take to load and to check their options
 */
export async function planGrid<Plan = GridPlan>(command: readonly string[], limitMs = pluginLimitMs): Promise<Plan> {
  let plan: Plan | undefined;
  let failure: Error | undefined;
  let stderrEnd = "";
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill();
  }, limitMs);
  let isChecked = false;
  /** The plug-in whose code runs, if that is known. */
  let plugin: string | undefined;
  const child = submitCell(
    { arguments: command, environment: { [preparing]: "1" } },
    {
      output: (text, stream) => {
        if (stream === "stderr") stderrEnd = (stderrEnd + text).slice(-4096);
      },
      message: (message) => {
        if (message.kind === "stage") plugin = message.detail;
        if (message.kind === "stage" && message.name === optionsChecked) {
          isChecked = true;
          clearTimeout(timer);
        }
        if (message.kind === "prepared") plan = message.plan as Plan;
        if (message.kind === "failed")
          failure = Object.assign(new Error(message.message), { exitCode: message.exitCode });
      },
    },
  );
  const end = await child.ended;
  clearTimeout(timer);
  if (plan) return plan;
  if (failure) throw failure;
  if (isLate)
    throw new BenchError(
      "usage",
      plugin === undefined
        ? `the plug-ins did not load or check their options within ${limitMs / 1e3} s`
        : `plug-in ${plugin}: it did not load or check its options within ${limitMs / 1e3} s; does it loop or wait?`,
    );
  const how = lastError(stderrEnd) || (end.signal ? `by ${end.signal}` : `exit code ${end.code}`);
  if (isChecked)
    throw new BenchError("failure", `the process that checks the grid's options ended before it had finished (${how})`);
  throw new BenchError(
    "usage",
    plugin === undefined
      ? `the process that loads the plug-ins ended before their options were checked (${how})`
      : `plug-in ${plugin}: it ended its process while it was loaded or checked its options (${how})`,
  );
}

/** The last error that this program printed, else the last line: a plug-in may print after the error. */
const lastError = (stderr: string): string => errorIn(stderr) ?? stderr.trimEnd().split("\n").at(-1)!;

/**
 * Prepares a grid: checks all options, and the chosen values of `--rates`.
 *
 * @param plugins called before code of plug-ins runs, and when all options are checked
 * @param isHere whether the cells run on this machine, so that their engine must start here
 */
export async function prepareGrid(options: GridOptions, plugins?: PluginWatch, isHere = true): Promise<GridPlan> {
  const seeds = Array.from({ length: options.seeds }, (_, seed) => seed);
  const rates = options.rates === undefined ? undefined : await readRates(options.rates, seeds);
  const methods = options.methods ?? rates?.sweep.methods.map(({ method }) => method).join(",");
  const checked = await checkMethods({ ...options, methods }, plugins);
  const { recipe, settings, chosen, known } = checked;
  const settled: Omit<GridRow, "recipe">[] = [];
  const descriptions: string[] = [];
  for (const method of chosen) {
    await plugins?.checking(method);
    const own = settings.methods.get(method.name)!;
    const tuned = rates && tuneMethod(rates, method, recipe, own, known);
    const used = tuned ?? own;
    settled.push({ method, options: parseOptions(method, used.options), learningRate: used.learningRate });
    if (tuned) descriptions.push(tuned.description);
  }
  await plugins?.checked();
  const engine = isHere ? cellEngine(options) : undefined;
  const columns = await checkColumns(options, recipe, engine);
  const leftOut =
    rates && recipe.grid.variants.length > 0
      ? "the variants of the recipe do not run: the values of --rates were chosen for the recipe itself"
      : undefined;
  const ratesNotes = [rates && protocolNote(rates, recipe), leftOut].filter((note) => note !== undefined);
  const variants = await planVariants(options, { ...checked, columns });
  const rows = [{ recipe, methods: chosen.map(({ name }) => name) }, ...variants].flatMap((row) =>
    settled
      .filter(({ method }) => row.methods.includes(method.name))
      .map((one): GridRow => ({ ...one, recipe: row.recipe })),
  );
  return {
    recipe,
    recipeFlags: settings.recipeFlags,
    methods: chosen.map((method) => planMethod(method, settings.methods.get(method.name)!.flags)),
    variants: variants.map(({ name, methods }) => ({ name, methods })),
    columns,
    ...(engine ? { expectedTime: await expectTime(options, engine, rows, columns, seeds) } : {}),
    notes: [...descriptions, ...ratesNotes],
    ...(rates === undefined ? {} : { rates: { path: rates.path, digest: rates.digest } }),
  };
}

/** The method's entry in a plan. @param flags the values of `--set` for its cells */
export const planMethod = ({ name, plugin }: AnyMethod, flags: readonly string[]): PlannedMethod => ({
  name,
  ...(plugin === undefined ? {} : { plugin }),
  flags,
});

/**
 * Finds the variants to run and checks them as the recipe itself is checked. Values of `--rates` were chosen for the
 * recipe itself, so with them no variants run.
 */
async function planVariants(
  options: GridOptions,
  { recipe, settings, chosen, columns }: CheckedMethods & Pick<GridPlan, "columns">,
): Promise<(GridPlan["variants"][number] & { readonly recipe: Recipe })[]> {
  const { out, engine, heldOut } = options;
  const planned = [];
  const earlier = [recipe];
  for (const { name, methods } of chooseVariants(options, recipe)) {
    const names = chosen.map((method) => method.name).filter((method) => methods?.includes(method) ?? true);
    if (names.length === 0) {
      if (options.variants === undefined) continue;
      throw new BenchError(
        "usage",
        `--variants ${options.variants}: '${name}' runs with ${methods!.join(", ")}, and none of these is among the ` +
          `methods of this grid (${chosen.map((method) => method.name).join(", ")}); add one with --methods, ` +
          "or leave the variant out",
      );
    }
    const varied = atPrecision(loadRecipe(options.recipe, withHeldOut(settings.recipe, heldOut), name), engine);
    await checkBeforehand(varied, columns, { out, decode: false, earlier });
    earlier.push(varied);
    planned.push({ name, methods: names, recipe: varied });
  }
  return planned;
}

/** The line about the time that the cells of a grid or a sweep will take. */
export function expectTime(
  { jobs, out }: Pick<GridOptions, "jobs" | "out">,
  startEngine: () => Promise<Engine>,
  rows: readonly GridRow[],
  datasets: readonly DatasetChoice[],
  seeds: readonly number[],
): Promise<string> {
  return describeExpectedTime({ ...shareCores(jobs), rows, datasets, seeds, out, startEngine });
}

/** The engine of the cells. It starts at the first call, with the threads of one cell. */
export function cellEngine({ engine, jobs }: Pick<GridOptions, "jobs" | "engine">): () => Promise<Engine> {
  let started: Promise<Engine> | undefined;
  return () => {
    started ??= startEngine({ engine, threads: shareCores(jobs).threads });
    return started;
  };
}

function chooseVariants({ variants, rates }: GridOptions, recipe: Recipe): readonly RecipeVariant[] {
  const all = recipe.grid.variants;
  if (rates !== undefined && variants !== undefined && variants !== "none")
    throw new BenchError(
      "usage",
      `--variants ${variants}: the values of --rates were chosen for the recipe itself; leave one of the two out`,
    );
  if (variants === "none" || rates !== undefined) return [];
  if (variants === undefined) return all;
  return splitNames("--variants", variants).map((name) => variantNamed(all, name, recipe.settings.name));
}

/** The methods and settings that the flags of a grid or a sweep name. */
export interface CheckedMethods extends Pick<GridPlan, "recipe"> {
  readonly settings: Settings;
  /** The methods of the cells. */
  readonly chosen: readonly AnyMethod[];
  /** All methods. */
  readonly known: readonly AnyMethod[];
}

/** The flags of a grid that decide its cells, without the seeds. */
type CellsOptions = Omit<
  GridOptions,
  "seeds" | "variants" | "rates" | "with" | "jobs" | "timeLimit" | "launcher" | "job" | "dryRun" | "status" | "wait"
>;

/**
 * Loads the plug-ins and finds the methods, their options and the recipe that the flags name. Throws the first error. A
 * method without options of the user is not attached to the model here: if it fails, its own cells fail.
 */
export async function checkMethods(options: CellsOptions, plugins?: PluginWatch): Promise<CheckedMethods> {
  if (options.tensorboard !== undefined) checkOutputFolder(options.tensorboard, "--tensorboard");
  const loaded = await loadMethods(options.plugin, plugins && { loading: plugins.loading });
  const names = chooseNames(
    options.methods,
    loaded.map((l) => l.method),
  );
  const chosen = names.map((name) => methodNamed(name, loaded, "--methods").method);
  const known = loaded.map((l) => l.method);
  const settings = readSettings(options.set, chosen, known);
  const recipe = atPrecision(loadRecipe(options.recipe, withHeldOut(settings.recipe, options.heldOut)), options.engine);
  for (const method of chosen) {
    await plugins?.checking(method);
    const own = settings.methods.get(method.name)!.options;
    parseOptions(method, own);
    if (Object.keys(own).length > 0) checkFit(recipe, method, own);
  }
  return { recipe, settings, chosen, known };
}

/** The names of the methods to run: those of `--methods`, by default the paper's and those of plug-ins. */
function chooseNames(given: string | undefined, known: readonly AnyMethod[]): readonly string[] {
  if (given !== undefined && given !== "all") return splitNames("--methods", given);
  const chosen = known.filter(
    ({ name, plugin }) => given === "all" || plugin !== undefined || paperMethods.includes(name),
  );
  return chosen.map(({ name }) => name);
}

/**
 * Finds the datasets that the flags name, and checks them, the engine and the files of the recipe.
 *
 * @param startEngine starts the engine of the cells; undefined if they run on other machines
 */
export async function checkColumns(
  options: CellsOptions,
  recipe: Recipe,
  startEngine: (() => Promise<Engine>) | undefined,
): Promise<DatasetChoice[]> {
  const columns = chooseColumns(options, recipe);
  if (options.engine !== "auto") await startEngine?.();
  await checkBeforehand(recipe, columns, { out: options.out, decode: false });
  return columns;
}

function chooseColumns({ datasets, data, name, strict }: CellsOptions, recipe: Recipe): DatasetChoice[] {
  if (data.length === 0) {
    if (name.length > 0)
      throw new BenchError("usage", `--name ${name[0]} names own images, but there is no --data; give the folder, too`);
    const names = datasets === undefined ? datasetsOf(recipe) : splitNames("--datasets", datasets);
    names.forEach(checkDatasetName);
    return names.map((dataset) => ({ name: dataset, strict }));
  }
  if (name.length > 0 && name.length !== data.length)
    throw new BenchError(
      "usage",
      `${data.length} --data but ${name.length} --name; give one --name for each --data, in the same order, or none`,
    );
  const columns = data.map((folder, i) => ({ ...ownImages(folder, name[i]), strict }));
  const foldersByPath = new Map<string, string>();
  for (const folder of data) {
    const path = realPath(folder);
    const earlierFolder = foldersByPath.get(path);
    if (earlierFolder !== undefined)
      throw new BenchError(
        "usage",
        `--data ${folder} is the same folder as --data ${earlierFolder}; give each folder once`,
      );
    foldersByPath.set(path, folder);
  }
  return columns;
}

/** Returns the path unchanged if the folder does not exist: that error is reported when the folder is read. */
function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
