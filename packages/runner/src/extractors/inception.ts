// Inception-v3 as FID uses it, with the weights that pytorch-fid publishes: https://github.com/mseitzer/pytorch-fid

import type { Resizer } from "@dit-bench/images";
import type { InceptionTap } from "@dit-bench/metrics";
import { type ExtractorEntry, extractorName, type ReadExtractor, type ReadTask } from "./extractor-entry.ts";
import { openExtractorFile, readShapes } from "./read-checkpoint.ts";

export interface InceptionSection {
  readonly name: "inception";
  readonly weights: string;
  /** How images are resized to 299 × 299. */
  readonly resize: Resizer;
}

const file = "pt_inception-2015-12-05-6726825d.pth";
const taps = ["64", "192", "768", "2048", "spatial"] as const satisfies readonly (`${InceptionTap}` | "spatial")[];

export const inception: ExtractorEntry<InceptionSection> = {
  name: "inception",
  help: {
    extractor: "Inception-v3",
    weights: `${file}, or the same as safetensors (default: the file that 'bench fetch inception-v3-fid' downloads)`,
    tap: "features 64, 192, 768, 2048 or spatial, for sFID (default: 2048)",
  },
  batch: 16, // activations at 299 × 299 take some 20 MB per image
  taps,
  published: "inception-v3-fid",
  standard: true,
  // About 5 billion multiply-adds per image: Szegedy et al. 2015, https://arxiv.org/abs/1512.00567, section 6.
  cost: { flops: 2 * 5.7e9, dimension: 2048 },
  section: ({ z, resizers }) =>
    z.strictObject({
      name: extractorName(z, "inception"),
      weights: z
        .string()
        .describe("Its weights: a file beside the recipe, a path, or a name that 'bench fetch' knows."),
      resize: z.enum(resizers).describe("How images become 299 x 299 pixels, by the program whose way it is."),
    }),
  read,
};

/** Reads the published file, in PyTorch's format or as safetensors. */
async function read({ weights: path, tap = "2048" }: ReadTask<InceptionSection>): Promise<ReadExtractor> {
  const { inception } = await import("@dit-bench/metrics");
  const first = "Conv2d_1a_3x3.conv.weight";
  const opened = await openExtractorFile(path!, first, `${file}, of pytorch-fid's releases`);
  // Tests use a network whose widths are all divided by the same number.
  const divisor = 32 / (opened.checkpoint.tensors.get(first)!.shape[0] ?? 0);
  const network = inception({
    divisor: [1, 2, 4, 8, 16].includes(divisor) ? divisor : 1,
    ...(tap === "spatial" ? { spatial: true } : { tap: Number(tap) as InceptionTap }),
  });
  return { extractor: network, values: network.fold(readShapes(opened, network.checkpoint)) };
}
