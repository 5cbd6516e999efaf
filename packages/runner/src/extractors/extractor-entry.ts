// The entry of a feature extractor in the table: names, help texts, settings and functions. The command line's help
// reads the entries, so they import large packages (zod, tfjs) only as types, and load them when they are called.

import type { Resizer } from "@dit-bench/images";
import type { Extractor } from "@dit-bench/metrics";
import type { z } from "zod";

/** @typeParam S its settings in a recipe: the section `extractor` */
export interface ExtractorEntry<S extends ExtractorSection = ExtractorSection> {
  /** Name of the extractor for `--extractor` and in recipes. The ids of its networks begin with this name. */
  readonly name: string;
  /** Texts for the help of `--extractor`, `--weights` and `--tap`. */
  readonly help: { readonly extractor: string; readonly weights?: string; readonly tap?: string };
  /** Images per call of the network. */
  readonly batch: number;
  /** The layers whose features `--tap` chooses among; absent if there is no choice. */
  readonly taps?: readonly string[];
  /** The name in weights.json of its published weights: commands use them unless `--weights` names others. */
  readonly published?: string;
  /** The file of its weights in the project's folder. A recipe names it by the extractor's name. */
  readonly embedded?: string;
  /** The recipe that its own weights come with: commands use them unless `--weights` names others. */
  readonly recipe?: string;
  /** True if publications report the FID of this extractor. */
  readonly standard: boolean;
  /**
   * For plans: operations per image, and features per image, which are stored. Absent if a dataset takes seconds.
   */
  readonly cost?: { readonly flops: number; readonly dimension: number };
  /** The schema of its section in a recipe. */
  section(tools: SectionTools): z.ZodType<S>;
  /** Reads its weights. Throws BenchError for a file that does not hold them. */
  read(task: ReadTask<S>): Promise<ReadExtractor>;
}

/**
 * Settings that every extractor has in a recipe. Images go through `resize` if they have another size than its input.
 */
export interface ExtractorSection {
  readonly name?: string;
  readonly weights: string;
  readonly resize?: Resizer;
}

/** Packages that an entry may not import, passed to its function `section`. */
export interface SectionTools {
  readonly z: typeof z;
  readonly resizers: readonly [Resizer, ...Resizer[]];
}

/** The setting that says which extractor a section belongs to. */
export const extractorName = <const Name extends string>(z: SectionTools["z"], name: Name) =>
  z.literal(name).describe("Which extractor it is.");

export interface ReadTask<S extends ExtractorSection = ExtractorSection> {
  /** The file of its weights; undefined for an extractor that has neither published weights nor a recipe. */
  readonly weights: string | undefined;
  /** The section `extractor` of the recipe that the weights belong to, if there is one. */
  readonly section: S | undefined;
  /** One of `taps`, if the user chose one. */
  readonly tap: string | undefined;
  /** How to get the right file, for messages. */
  readonly remedy: string;
}

/** A network with its weights, not compiled yet. */
export interface ReadExtractor {
  readonly extractor: Extractor;
  readonly values: Readonly<Record<string, Float32Array>>;
}
