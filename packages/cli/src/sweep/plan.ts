// The preparation of a sweep: all checks of a grid, and the values of each method.

import { labelOf, parseOptions } from "@dit-bench/method";
import type { OptionValue, SweptMethod } from "@dit-bench/record";
import { labelWithRate, ownLearningRate, usedLearningRate } from "@dit-bench/runner";
import type { SweepOptions } from "../declarations/sweep.ts";
import { checkCells, type GridPlan, type PlannedMethod, type PluginWatch, planMethod } from "../grid/plan.ts";
import { rateKey } from "../method-settings.ts";
import { checkValues, readValueLists } from "./values.ts";

export type SweepPlan = Pick<GridPlan, "recipe" | "recipeFlags" | "columns"> & {
  readonly methods: readonly PlannedSweep[];
};

/** A method of a sweep, with the fields of its entry in sweep.json that are known before the runs. */
export interface PlannedSweep
  extends PlannedMethod,
    Pick<SweptMethod, "label" | "option" | "options" | "learningRate" | "default"> {
  readonly values: readonly OptionValue[];
}

/** Checks all options, and finds the values of each method. */
export async function prepareSweep(options: SweepOptions, plugins?: PluginWatch): Promise<SweepPlan> {
  const { recipe, settings, chosen, known, columns } = await checkCells(options, plugins);
  const lists = readValueLists(options.values, chosen, known);
  return {
    recipe,
    recipeFlags: settings.recipeFlags,
    columns,
    methods: chosen.map((method): PlannedSweep => {
      const { name } = method;
      const own = settings.methods.get(name)!;
      const list = lists.get(name)!;
      const parsed = parseOptions(method, own.options) as SweptMethod["options"];
      const { [list.option]: _swept, ...others } = parsed;
      return {
        ...planMethod(method, own.flags),
        label: labelWithRate(labelOf(method, parsed), ownLearningRate(method, recipe, own.learningRate)),
        option: list.option,
        options: others,
        ...(list.option === rateKey ? {} : { learningRate: usedLearningRate(method, recipe, own.learningRate) }),
        ...checkValues(list, method, recipe, own),
      };
    }),
  };
}

/** The value of `--set` that gives a cell its value. */
export const settingOf = (option: string, value: OptionValue): string => `${option}=${JSON.stringify(value)}`;
