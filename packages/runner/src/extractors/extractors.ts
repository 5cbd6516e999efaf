// The feature extractors by name. To add one, add a file to this folder and a line to table.ts.

import type { z } from "zod";
import type { ExtractorEntry, ExtractorSection, SectionTools } from "./extractor-entry.ts";
import * as table from "./table.ts";

export const extractors: readonly ExtractorEntry[] = Object.values(table);

/** A recipe's section `extractor`. */
export type AnyExtractorSection = z.infer<ReturnType<(typeof table)[keyof typeof table]["section"]>>;

/** The schema of a recipe's section `extractor`: that of any of the table's entries. */
export const extractorSection = (tools: SectionTools): z.ZodType<AnyExtractorSection> =>
  tools.z.union(extractors.map((entry) => entry.section(tools))) as z.ZodType<AnyExtractorSection>;

/** The entry of a recipe's section. Sections of `mini` have no name, because recipes are older than the names. */
export const extractorOf = (section: ExtractorSection): ExtractorEntry =>
  extractors.find(({ name }) => name === (section.name ?? table.mini.name))!;

/** The entry whose networks have ids such as this, as records and feature files name them: that of the longest name. */
export const extractorOfId = (id: string): ExtractorEntry | undefined =>
  extractors.filter(({ name }) => id.startsWith(name)).sort((a, b) => b.name.length - a.name.length)[0];
