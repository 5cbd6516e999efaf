// An extractor by name, with its weights, ready to run: for `bench features` and `bench fid`.

import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Engine } from "@dit-bench/compiler";
import { publishedWeights } from "../assets/fetched.ts";
import { BenchError } from "../errors.ts";
import { compileExtractor, type FeatureExtractor } from "../extractors/compile-extractor.ts";
import type { ExtractorEntry, ReadTask } from "../extractors/extractor-entry.ts";
import { extractors } from "../extractors/extractors.ts";
import { projectFolder } from "../project-folder.ts";
import { loadRecipe } from "../recipe/recipe.ts";

export interface ExtractorChoice {
  /** The name of an entry of the table `extractors`. */
  readonly extractor: string;
  /** A file of weights, if it is not the extractor's usual one. */
  readonly weights?: string;
  /** One of the entry's `taps`. */
  readonly tap?: string;
}

/** An extractor ready to run, and the digest of its weights. */
export interface LoadedExtractor extends FeatureExtractor {
  readonly imageSize: number;
  /** SHA-256 over names and numbers of the weights, independent of the file format. */
  readonly weights: string;
}

/** Throws BenchError (usage) for an unknown name or tap, BenchError (data) for weights that are missing or wrong. */
export async function loadExtractor(choice: ExtractorChoice, engine: Engine): Promise<LoadedExtractor> {
  const entry = extractorNamed(choice.extractor);
  checkTap(entry, choice.tap);
  const { extractor, values } = await entry.read({ ...weightsFor(entry, choice.weights), tap: choice.tap });
  const hash = createHash("sha256");
  for (const name of Object.keys(values).sort()) hash.update(name).update(bytesOf(values[name]!));
  const compiled = await compileExtractor(engine, extractor, values, entry.batch);
  return { ...compiled, imageSize: extractor.imageSize, weights: hash.digest("hex") };
}

function extractorNamed(name: string): ExtractorEntry {
  const entry = extractors.find((known) => known.name === name);
  if (entry) return entry;
  throw new BenchError("usage", `--extractor ${name}: wanted ${listed(extractors.map((known) => known.name))}`);
}

function checkTap({ name, taps }: ExtractorEntry, tap: string | undefined): void {
  if (tap === undefined || taps?.includes(tap)) return;
  const problem = taps ? `wanted ${listed(taps)}` : `the extractor ${name} has one set of features`;
  throw new BenchError("usage", `--tap ${tap}: ${problem}`);
}

function weightsFor(
  { name, published, recipe, embedded }: ExtractorEntry,
  given: string | undefined,
): Omit<ReadTask, "tap"> {
  const remedy = "give others with --weights";
  if (recipe !== undefined) {
    const { folder, settings } = loadRecipe(recipe);
    return { weights: given ?? join(folder, settings.extractor.weights), section: settings.extractor, remedy };
  }
  if (embedded !== undefined) return { weights: given ?? join(projectFolder(), embedded), section: undefined, remedy };
  const weights = given ?? (published === undefined ? undefined : publishedWeights(published));
  if (weights === undefined && published !== undefined) {
    const others = extractors
      .filter((known) => (known.embedded ?? known.recipe) !== undefined)
      .map((known) => known.name);
    throw new BenchError(
      "data",
      `the weights of the extractor ${name} are not here; get them with 'bench fetch ${published}', ` +
        `name the file with --weights, or use --extractor ${listed(others)}`,
    );
  }
  return { weights, section: undefined, remedy };
}

/** `a, b or c` */
const listed = (names: readonly string[]): string => names.join(", ").replace(/, ([^,]*)$/, " or $1");

const bytesOf = (x: Float32Array) => new Uint8Array(x.buffer, x.byteOffset, x.byteLength);
