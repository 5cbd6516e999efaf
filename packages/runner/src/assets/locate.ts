// The weights, datasets and engines that `bench fetch` knows by name, and where they are on this machine.

import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { openvinoFolder } from "@dit-bench/compiler";
import { type DatasetEntry, preparedMark } from "@dit-bench/datasets";
import { findInHubCache } from "@dit-bench/fetch";
import { type Environment, homeFolder } from "@dit-bench/files";
import { closestName, shorten } from "@dit-bench/text";
import { z } from "zod";
import { BenchError } from "../errors.ts";
import { projectFolder } from "../project-folder.ts";
import { datasetEntries } from "./dataset-entries.ts";
import { type EngineEntry, engineEntries } from "./engine-entries.ts";
import { engineState } from "./engine-state.ts";

const weightFile = z.strictObject({
  file: z.string().regex(/^[\w.-]+$/, "a plain file name"),
  /** Tried in turn. */
  urls: z.array(z.url({ protocol: /^https?$/ })),
  /** Location of this file on the Hugging Face hub, which is tried first. The hub's local cache is searched, too. */
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
  /** Who published the checksums; null if they are not published. */
  checksumsFrom: z.string().nullable(),
});

const catalogue = z.strictObject({
  version: z.literal(1),
  weights: z.array(
    z.strictObject({
      /** The name for the command line. */
      name: z.string().regex(/^[a-z][a-z0-9-]*$/),
      title: z.string(),
      licence: z.string(),
      citation: z.strictObject({ text: z.string(), year: z.int() }),
      homepage: z.url(),
      /** The file of weights comes first, then its companions. */
      files: z.array(weightFile).min(1),
      notes: z.array(z.string()),
    }),
  ),
});

export type WeightsEntry = Readonly<z.infer<typeof catalogue>["weights"][number]>;
export type WeightsFile = WeightsEntry["files"][number];

/** Weights, a dataset or the libraries of an engine that `bench fetch` knows. */
export type Fetchable =
  | { readonly kind: "weights"; readonly name: string; readonly entry: WeightsEntry }
  | { readonly kind: "dataset"; readonly name: string; readonly entry: DatasetEntry }
  | { readonly kind: "engine"; readonly name: string; readonly entry: EngineEntry };

export interface Located {
  readonly kind: Fetchable["kind"];
  readonly name: string;
  /**
   * Weights: the file, with its companions (a `config.json`) in the same folder, each of the published size; checksums
   * are verified when the weights are used. A dataset: its image folder, with one subfolder per class. An engine: the
   * folder of its libraries, verified. Undefined if it is not on this machine, or incomplete.
   */
  readonly path: string | undefined;
  /** `fetched`: downloaded by `bench fetch`. `hub cache`: in the Hugging Face cache. */
  readonly from: "fetched" | "hub cache" | undefined;
  /** The command that downloads it. */
  readonly command: string;
  /**
   * For weights: a file with the expected name but the wrong size. For an engine: the folder, if it cannot be used.
   * Absent if `path` is given.
   */
  readonly misplaced?: { readonly path: string; readonly reason: string };
}

let known: readonly Fetchable[] | undefined;

/** All weights, datasets and engines, read once. Throws BenchError (failure) for an invalid weights.json. */
export function fetchables(): readonly Fetchable[] {
  known ??= readFetchables();
  return known;
}

function readFetchables(): readonly Fetchable[] {
  const path = join(projectFolder(), "weights.json");
  const parsed = catalogue.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (!parsed.success) throw new BenchError("failure", `${path}: ${shorten(z.prettifyError(parsed.error), 1000)}`);
  return [
    ...parsed.data.weights.map((entry) => ({ kind: "weights" as const, name: entry.name, entry })),
    ...datasetEntries().map((entry) => ({ kind: "dataset" as const, name: entry.name, entry })),
    ...engineEntries.map((entry) => ({ kind: "engine" as const, name: entry.name, entry })),
  ];
}

/** The entry of a name. Throws BenchError (usage) for an unknown name, with the closest known one. */
export function fetchable(name: string): Fetchable {
  const all = fetchables();
  const found = all.find((f) => f.name === name);
  if (found) return found;
  const names = all.map((f) => f.name);
  const near =
    closestName(name, names) ?? all.find(({ entry }) => closestName(name, [entry.title]) !== undefined)?.name;
  throw new BenchError(
    "usage",
    `there is nothing called '${name}' to fetch; wanted one of ` +
      `${names.join(", ")}${near ? `. Did you mean '${near}'?` : ""}`,
  );
}

/** The folder that `bench fetch` fills: `HOME/weights/NAME`, `HOME/datasets/NAME` or `HOME/engines/NAME-VERSION`. */
export const folderOf = (what: Fetchable, home = homeFolder()): string =>
  what.kind === "engine"
    ? openvinoFolder(home, what.entry.table)
    : join(home, what.kind === "weights" ? "weights" : "datasets", what.name);

/**
 * Finds weights, a dataset or an engine on this machine, without using the network. Throws BenchError (usage) for an
 * unknown name.
 */
export const locate = (name: string, env: Environment = process.env): Located => locateThis(fetchable(name), env);

/** `locate` for an entry. */
export function locateThis(what: Fetchable, env: Environment = process.env): Located {
  const { kind, name } = what;
  const folder = folderOf(what, homeFolder(env));
  const found = (path: string | undefined, from: Located["from"]): Located => ({
    ...{ kind, name, path, from },
    command: `bench fetch ${name}`,
  });
  if (what.kind === "dataset")
    return existsSync(join(folder, preparedMark)) ? found(folder, "fetched") : found(undefined, undefined);
  if (what.kind === "engine") {
    const { problem, misplaced } = engineState(what.entry, env);
    if (problem === undefined) return found(folder, "fetched");
    return { ...found(undefined, undefined), ...(misplaced ? { misplaced: { path: folder, reason: problem } } : {}) };
  }
  const [first] = what.entry.files as [WeightsFile, ...WeightsFile[]];
  const cached = first.hub ? findInHubCache(first.hub, env) : undefined;
  let misplaced: Located["misplaced"];
  for (const [path, from] of [
    [join(folder, first.file), "fetched"],
    [cached, "hub cache"],
  ] as const) {
    if (path === undefined) continue;
    const sizes = what.entry.files.map(({ file }, i) => sizeOf(i === 0 ? path : join(dirname(path), file)));
    if (sizes.includes(undefined)) continue;
    const wrongIndex = what.entry.files.findIndex(({ bytes }, i) => bytes !== null && bytes !== sizes[i]);
    if (wrongIndex < 0) return found(path, from);
    const { file, bytes } = what.entry.files[wrongIndex]!;
    const reason =
      `${join(dirname(path), file)} is not the published file: its length is ${sizes[wrongIndex]}, ` +
      `wanted ${bytes} bytes`;
    misplaced ??= { path, reason };
  }
  return { ...found(undefined, undefined), ...(misplaced ? { misplaced } : {}) };
}

/** Bytes of a file; undefined if there is none. */
function sizeOf(path: string): number | undefined {
  try {
    const found = statSync(path);
    return found.isFile() ? found.size : undefined;
  } catch {
    return undefined;
  }
}
