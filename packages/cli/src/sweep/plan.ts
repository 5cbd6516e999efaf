// The preparation of a sweep: all checks of a grid, and the values of each method.

import { join } from "node:path";
import { labelOf, parseOptions } from "@dit-bench/method";
import type { OptionValue, SweptMethod } from "@dit-bench/record";
import { datasetTitle, labelWithRate, ownLearningRate, protocolFolder, usedLearningRate } from "@dit-bench/runner";
import type { SweepOptions } from "../declarations/sweep.ts";
import type { GridRow } from "../grid/expected-time.ts";
import {
  cellEngine,
  checkColumns,
  checkMethods,
  expectTime,
  type GridPlan,
  type PlannedMethod,
  type PluginWatch,
  planMethod,
} from "../grid/plan.ts";
import { rateKey } from "../method-settings.ts";
import { checkOutputFile } from "../outputs.ts";
import { readEarlierSweep, requireJoinable } from "./join.ts";
import { checkValues, readValueLists } from "./values.ts";

export type SweepPlan = Pick<GridPlan, "recipe" | "recipeFlags" | "columns" | "expectedTime"> & {
  readonly methods: readonly PlannedSweep[];
  /** The file to write. */
  readonly path: string;
};

/** A method of a sweep, with the fields of its entry in sweep.json that are known before the runs. */
export interface PlannedSweep
  extends PlannedMethod,
    Pick<SweptMethod, "label" | "option" | "options" | "learningRate" | "default"> {
  readonly values: readonly OptionValue[];
}

/**
 * Checks all options, and finds the values of each method.
 *
 * @param plugins called before code of plug-ins runs, and when all options are checked
 */
export async function prepareSweep(options: SweepOptions, plugins?: PluginWatch): Promise<SweepPlan> {
  const { recipe, settings, chosen, known } = await checkMethods(options, plugins);
  const lists = readValueLists(options.values, chosen, known);
  const methods: PlannedSweep[] = [];
  const rows: GridRow[] = [];
  for (const method of chosen) {
    await plugins?.checking(method);
    const { name } = method;
    const own = settings.methods.get(name)!;
    const list = lists.get(name)!;
    const parsed = parseOptions(method, own.options) as SweptMethod["options"];
    const { [list.option]: _swept, ...others } = parsed;
    const planned: PlannedSweep = {
      ...planMethod(method, own.flags),
      label: labelWithRate(labelOf(method, parsed), ownLearningRate(method, recipe, own.learningRate)),
      option: list.option,
      options: others,
      ...(list.option === rateKey ? {} : { learningRate: usedLearningRate(method, recipe, own.learningRate) }),
      ...checkValues(list, method, recipe, own),
    };
    methods.push(planned);
    for (const value of planned.values)
      rows.push({
        ...{ recipe, method },
        ...(list.option === rateKey
          ? { options: parsed, learningRate: value as number }
          : { options: { ...parsed, [list.option]: value }, learningRate: own.learningRate }),
      });
  }
  await plugins?.checked();
  const path = options.output ?? join(protocolFolder(options.out, recipe), "sweep.json");
  const earlier = await readEarlierSweep(path);
  checkOutputFile(path, "--output");
  const engine = cellEngine(options);
  const columns = await checkColumns(options, recipe, engine);
  if (earlier !== undefined) {
    const now = {
      recipe: recipe.settings.name,
      protocol: recipe.protocol,
      seed: options.seed,
      datasets: columns.map((dataset) => ({ title: datasetTitle(dataset) })),
    };
    const varied = methods.map((method) => ({ ...method, method: method.name }));
    requireJoinable(path, earlier, now, varied);
  }
  const expectedTime = await expectTime(options, engine, rows, columns, [options.seed]);
  return { recipe, recipeFlags: settings.recipeFlags, columns, methods, path, expectedTime };
}

/** The value of `--set` that gives a cell its value. */
export const settingOf = (option: string, value: OptionValue): string => `${option}=${JSON.stringify(value)}`;
