// Features of a dataset's own images. With Inception a large dataset takes hours, so all cells share the result.
//
// N = images, D = feature dimension

import { join } from "node:path";
import { float32 } from "@dit-bench/weights";
import type { Listener } from "../events.ts";
import type { FeatureExtractor } from "../extractors/compile-extractor.ts";
import type { Dataset } from "../recipe/dataset.ts";
import { shortHash } from "../storage/hashes.ts";
import { readOrMake } from "../storage/shared-result.ts";

/**
 * Features [N, D] of a dataset, or of its held-out images. They are not stored if images are not resized: the
 * miniatures' extractor takes seconds.
 *
 * @param out folder that holds all runs
 */
export async function measureRealImages(
  data: Pick<Dataset, "name" | "size" | "fingerprint" | "pixels" | "labels">,
  extractor: FeatureExtractor & { readonly sha256: string },
  { engine, out, listener }: { readonly engine: string; readonly out: string; readonly listener: Listener },
): Promise<Float32Array> {
  if (extractor.resizer === "none") return extractor.features(data.pixels, listener);
  const { id, resizer, sha256, dimension } = extractor;
  const identity = shortHash(JSON.stringify([data.fingerprint, data.size, id, resizer, sha256, engine]));
  const shape = [data.labels.length, dimension];
  return readOrMake<Float32Array>(
    {
      path: join(out, "features", `${data.name}-${data.size}-${identity}.safetensors`),
      what: "the images' features",
      doing: "computes the features of these images",
      shapes: { features: shape },
      read: ({ features }) => float32(features!),
      make: () => extractor.features(data.pixels, listener),
      tensors: (features) => ({ features: { type: "F32", shape, data: features } }),
    },
    listener,
  );
}
