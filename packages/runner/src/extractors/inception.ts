// Inception-v3 as FID uses it, with the weights that pytorch-fid publishes: https://github.com/mseitzer/pytorch-fid

import { existsSync } from "node:fs";
import type { Resizer } from "@dit-bench/images";
import type { InceptionTap } from "@dit-bench/metrics";
import { BenchError } from "../errors.ts";
import { type ExtractorEntry, extractorName, type ReadExtractor, type ReadTask } from "./extractor-entry.ts";

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
  const { openCheckpoint, stripWrappers } = await import("@dit-bench/weights");
  const makeError = (what: string) =>
    new BenchError("data", `${path}: ${what}; wanted ${file}, of pytorch-fid's releases`);
  if (!existsSync(path!)) throw makeError("there is no such file");
  const first = "Conv2d_1a_3x3.conv.weight";
  const checkpoint = stripWrappers(await openCheckpoint(path!), [first]);
  const stem = checkpoint.tensors.get(first);
  if (!stem) throw makeError(`it has no weight '${first}'`);
  // Tests use a network whose widths are all divided by the same number.
  const divisor = 32 / (stem.shape[0] ?? 0);
  const network = inception({
    divisor: [1, 2, 4, 8, 16].includes(divisor) ? divisor : 1,
    ...(tap === "spatial" ? { spatial: true } : { tap: Number(tap) as InceptionTap }),
  });
  const values: Record<string, Float32Array> = {};
  for (const [name, shape] of Object.entries(network.checkpoint)) {
    const tensor = checkpoint.tensors.get(name);
    if (!tensor) throw makeError(`it has no weight '${name}'`);
    if (tensor.shape.join() !== shape.join()) throw makeError(`'${name}' is [${tensor.shape}], wanted [${shape}]`);
    values[name] = checkpoint.float32(name);
    const bad = values[name].findIndex((x) => !Number.isFinite(x));
    if (bad >= 0) throw makeError(`number ${bad} of '${name}' is ${values[name][bad]}`);
  }
  return { extractor: network, values: network.fold(values) };
}
