// Where weights and datasets lie on this machine that `bench fetch` brings by name, and which there are.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type DatasetEntry, nearest, preparedMark } from "@dit-bench/datasets";
import { cacheFolder, type Environment, findInHubCache } from "@dit-bench/fetch";
import { z } from "zod";
import { datasetEntries } from "./dataset-entries.ts";
import { BenchError } from "./errors.ts";
import { projectFolder } from "./recipe.ts";

const weightFile = z.strictObject({
  file: z.string().regex(/^[\w.-]+$/, "a plain file name"),
  /** Tried in turn. */
  urls: z.array(z.url({ protocol: /^https?$/ })),
  /** The same file on the Hugging Face hub; asked first, and looked for in the hub's own cache. */
  hub: z.strictObject({ repository: z.string(), revision: z.string(), path: z.string() }).nullable(),
  bytes: z.int().positive().nullable(),
  md5: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .nullable(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  /** Who published the checksums; null where none are known. */
  checksumsFrom: z.string().nullable(),
});

const catalogue = z.strictObject({
  version: z.literal(1),
  weights: z.array(
    z.strictObject({
      /** What the command line calls them. */
      name: z.string().regex(/^[a-z][a-z0-9-]*$/),
      title: z.string(),
      licence: z.string(),
      citation: z.strictObject({ text: z.string(), year: z.int() }),
      homepage: z.url(),
      /** The weights themselves first. */
      files: z.array(weightFile).min(1),
      notes: z.array(z.string()),
    }),
  ),
});

export type WeightsEntry = Readonly<z.infer<typeof catalogue>["weights"][number]>;
export type WeightsFile = WeightsEntry["files"][number];

/** What `bench fetch` knows by one name. */
export type Fetchable =
  | { readonly kind: "weights"; readonly name: string; readonly entry: WeightsEntry }
  | { readonly kind: "dataset"; readonly name: string; readonly entry: DatasetEntry };

export interface Located {
  readonly kind: "weights" | "dataset";
  readonly name: string;
  /**
   * Weights: the file, with its companions (a `config.json`) in the same folder. A dataset: its image folder, one subfolder a
   * class. Undefined where it is not on this machine, or not whole.
   */
  readonly path: string | undefined;
  /** Whether `bench fetch` brought it or the Hugging Face cache had it. */
  readonly from: "fetched" | "hub cache" | undefined;
  /** What would bring it. */
  readonly command: string;
}

/** Where fetched things live: `DIT_BENCH_HOME`, or `dit-bench` below the platform's folder for caches. */
export const homeFolder = (env: Environment = process.env): string =>
  env.DIT_BENCH_HOME || cacheFolder("dit-bench", env);

/** Weights and datasets, as weights.json and datasets.json describe them. */
export function fetchables(): readonly Fetchable[] {
  const path = join(projectFolder(), "weights.json");
  const parsed = catalogue.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (!parsed.success) throw new BenchError("failure", `${path}: ${z.prettifyError(parsed.error)}`);
  return [
    ...parsed.data.weights.map((entry) => ({ kind: "weights" as const, name: entry.name, entry })),
    ...datasetEntries().map((entry) => ({ kind: "dataset" as const, name: entry.name, entry })),
  ];
}

/** The one of that name. Throws BenchError (usage), which suggests the nearest. */
export function fetchable(name: string): Fetchable {
  const all = fetchables();
  const found = all.find((f) => f.name === name);
  if (found) return found;
  const names = all.map((f) => f.name);
  const near = nearest(name, names) ?? all.find(({ entry }) => nearest(name, [entry.title]) !== undefined)?.name;
  throw new BenchError(
    "usage",
    `there is nothing called '${name}' to fetch; wanted one of ${names.join(", ")}${near ? `. Did you mean '${near}'?` : ""}`,
  );
}

/** The folder that `bench fetch NAME` fills: `HOME/weights/NAME` or `HOME/datasets/NAME`. */
export const folderOf = ({ kind, name }: Pick<Fetchable, "kind" | "name">, home = homeFolder()): string =>
  join(home, kind === "weights" ? "weights" : "datasets", name);

/** Where weights or a dataset of this name lie, if they do. Nothing is fetched and no network asked. Throws BenchError for an unknown name. */
export function locate(name: string, env: Environment = process.env): Located {
  const what = fetchable(name);
  const { kind } = what;
  const folder = folderOf(what, homeFolder(env));
  const command = `bench fetch ${name}`;
  const found = (path: string | undefined, from: Located["from"]): Located => ({ kind, name, path, from, command });
  if (what.kind === "dataset")
    return existsSync(join(folder, preparedMark)) ? found(folder, "fetched") : found(undefined, undefined);
  const [first, ...others] = what.entry.files as [WeightsFile, ...WeightsFile[]];
  if (what.entry.files.every(({ file }) => existsSync(join(folder, file))))
    return found(join(folder, first.file), "fetched");
  const cached = first.hub ? findInHubCache(first.hub, env) : undefined;
  const whole = cached && others.every(({ file }) => existsSync(join(dirname(cached), file)));
  return whole ? found(cached, "hub cache") : found(undefined, undefined);
}
