// The project's own small extractor, which `bench pretrain` trains for recipes of miniatures.

import type { ExtractorEntry } from "./extractor-entry.ts";

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
  section: ({ z }) => z.strictObject({ weights: z.string(), classes: z.int().min(1) }),
  async read({ weights, section, remedy }) {
    const { miniInception } = await import("@dit-bench/metrics");
    const { readWeights } = await import("../assets/weight-file.ts");
    const extractor = miniInception(section!.classes);
    const wanted = Object.entries(extractor.weights).map(([name, shape]) => ({ name, shape }));
    return { extractor, values: readWeights(weights!, wanted, remedy).values };
  },
};
