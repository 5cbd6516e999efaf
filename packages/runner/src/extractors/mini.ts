// The project's own small extractor for 32 × 32 pixels, which `bench pretrain` trains for recipes of miniatures.

import type { MiniImageSize } from "@dit-bench/metrics";
import type { ExtractorEntry, SectionTools } from "./extractor-entry.ts";

export interface MiniSection {
  readonly weights: string;
  /** Number of classes that it was trained to tell apart. */
  readonly classes: number;
}

export const mini: ExtractorEntry<MiniSection> = {
  name: "mini",
  help: { extractor: "the small one of recipe mini" },
  batch: 64,
  recipe: "mini",
  standard: false,
  section: ({ z }) => z.strictObject(miniSettings(z)),
  read: readMini(32),
};

/** The settings of a network that `bench pretrain` trains. */
export const miniSettings = (z: SectionTools["z"]) => ({
  weights: z.string().describe("Its weights: a file beside the recipe, or a path."),
  classes: z.int().min(1).describe("Number of classes that it was trained to tell apart."),
});

/** The function `read` of an entry whose network takes images of this side. */
export function readMini(imageSize: MiniImageSize): ExtractorEntry<MiniSection>["read"] {
  return async ({ weights, section, remedy }) => {
    const { miniInception } = await import("@dit-bench/metrics");
    const { readWeights } = await import("../assets/weight-file.ts");
    const extractor = miniInception(section!.classes, imageSize);
    const wanted = Object.entries(extractor.weights).map(([name, shape]) => ({ name, shape }));
    return { extractor, values: readWeights(weights!, wanted, remedy).values };
  };
}
