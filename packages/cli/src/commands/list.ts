// `bench list`: methods, datasets, recipes, engines or runs, as a table or as JSON.

import { describeEngines } from "@dit-bench/compiler";
import { ditByName, ditModel } from "@dit-bench/dit";
import { attach, describeOptions, labelOf, parseOptions } from "@dit-bench/method";
import { datasetEntries, exitCodes, loadMethods, loadRecipe, recipeNames } from "@dit-bench/runner";
import type { ListName, ListOptions } from "../declarations/list.ts";
import { type Find, type Listing, makeList } from "../listing.ts";
import { print, printJson } from "../print.ts";
import { reportProblem } from "../report-error.ts";
import { listRuns } from "../run-list.ts";

const lists: Readonly<Record<ListName, Find<Listing>>> = {
  methods: makeList({
    find: findMethods,
    json: (row) => row,
    columns: [
      "name",
      "label",
      { heading: "trainable", value: ({ trainableParameters }) => trainableParameters },
      { heading: "options for --set", value: ({ options }) => options },
    ],
    note: ([first]) =>
      `trainable: weights of ${first!.model} with ${first!.classes} classes; --json also prints the sources`,
  }),
  datasets: makeList({
    find: findDatasets,
    json: (row) => row,
    columns: ["name", "title", "classes", "images", "subject"],
    note: () => "licences and addresses: --json, or docs/datasets.md",
  }),
  recipes: makeList({
    find: findRecipes,
    json: (row) => row,
    columns: ["name", "model", "title", { heading: "variants", value: ({ variants }) => variants, importance: 1 }],
  }),
  engines: makeList({
    find: findEngines,
    json: (row) => row,
    columns: [
      "name",
      { heading: "works", value: ({ available }) => (available ? "yes" : "no") },
      { heading: "description, or why not", value: ({ reason }) => reason },
    ],
    note: () => "'bench doctor' shows how to install the engines that do not work",
  }),
  runs: listRuns,
};

export async function list(what: ListName, options: ListOptions): Promise<void> {
  const problems: string[] = [];
  const { json, table } = await lists[what](options, (message) => problems.push(message));
  if (options.json) printJson(json);
  else print(table);
  problems.forEach(reportProblem); // after the list, so that they are not scrolled away
  if (problems.length > 0) process.exitCode = exitCodes.someCellsFailed;
}

async function findMethods({ model: name, recipe, classes: count, plugin }: ListOptions) {
  const config = name ? ditByName(name) : loadRecipe(recipe).settings.model;
  const classes = count ?? config.classes;
  const model = ditModel({ ...config, classes });
  return (await loadMethods(plugin)).map(({ method, from }) => ({
    name: method.name,
    label: labelOf(method, parseOptions(method)),
    trainableParameters: attach(method, model).parameters,
    model: model.name,
    classes,
    options: describeOptions(method),
    source: method.source,
    package: from,
  }));
}

async function findDatasets() {
  return datasetEntries().map((dataset) => {
    const { name, title, classes, images, subject, licence, homepage } = dataset;
    return { name, title, classes, images, subject, licence, homepage };
  });
}

async function findRecipes() {
  return recipeNames().map((name) => {
    const { settings, protocol, grid } = loadRecipe(name);
    const variants = grid.variants.map((variant) => variant.name).join(", ") || null;
    return { name, protocol, model: settings.model.name, title: settings.title, variants };
  });
}

async function findEngines() {
  const engines = await describeEngines();
  return engines.map(({ name, available, reason, how }) => ({ name, available, reason, how: how ?? null }));
}
