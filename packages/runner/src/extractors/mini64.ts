// The project's own small extractor for images of 64 × 64 pixels.

import { type ExtractorEntry, extractorName } from "./extractor-entry.ts";
import { type MiniSection, miniSettings, readMini } from "./mini.ts";

export interface Mini64Section extends MiniSection {
  readonly name: "mini64";
}

export const mini64: ExtractorEntry<Mini64Section> = {
  name: "mini64",
  help: { extractor: "the one of recipe high-resolution/mini, for 64 x 64 pixels" },
  batch: 64,
  recipe: "high-resolution/mini",
  standard: false,
  section: ({ z }) => z.strictObject({ name: extractorName(z, "mini64"), ...miniSettings(z) }),
  read: readMini(64),
};
