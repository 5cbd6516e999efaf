// EfficientNet-Lite0, trained on photographs, with weights of the project: benchmarks/extractors/efficientnet-lite0 has
// their origin.

import type { Resizer } from "@dit-bench/images";
import { type ExtractorEntry, extractorName, type ReadExtractor, type ReadTask } from "./extractor-entry.ts";
import { openExtractorFile, readShapes } from "./read-checkpoint.ts";

export interface EfficientNetSection {
  readonly name: "efficientnet-lite0";
  readonly weights: string;
  /** How images are resized to 224 × 224. */
  readonly resize: Resizer;
}

const published = "efficientnet-lite0-57934424.pth";

export const efficientNet: ExtractorEntry<EfficientNetSection> = {
  name: "efficientnet-lite0",
  help: {
    extractor: "EfficientNet-Lite0, a small network trained on photographs",
    weights: `${published}, or the same as safetensors (default: the project's own file)`,
  },
  batch: 16,
  embedded: "benchmarks/extractors/efficientnet-lite0/weights.safetensors",
  standard: false,
  // 407 million multiply-adds per image, by the authors: https://github.com/tensorflow/tpu, efficientnet/lite.
  cost: { flops: 2 * 407e6, dimension: 1280 },
  section: ({ z, resizers }) =>
    z.strictObject({
      name: extractorName(z, "efficientnet-lite0"),
      weights: z
        .string()
        .describe("Its weights: 'efficientnet-lite0' for the project's own, a file beside the recipe, or a path."),
      resize: z.enum(resizers).describe("How images become 224 x 224 pixels, by the program whose way it is."),
    }),
  read,
};

/** Reads the project's file, whose norms are folded, or the published one, in PyTorch's format or as safetensors. */
async function read({ weights: path }: ReadTask<EfficientNetSection>): Promise<ReadExtractor> {
  const { efficientNetLite0 } = await import("@dit-bench/metrics");
  const opened = await openExtractorFile(path!, "_conv_stem.weight", `${published}, or the project's own file`);
  const network = efficientNetLite0();
  const isFolded = opened.checkpoint.tensors.has("_conv_stem.bias");
  const values = readShapes(opened, isFolded ? network.weights : network.checkpoint);
  return { extractor: network, values: isFolded ? values : network.fold(values) };
}
