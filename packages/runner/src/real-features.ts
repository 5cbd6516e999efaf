// Features of a dataset's own images. By Inception they take hours for a large dataset, and all cells on it compare with the same: they are kept.

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { CorruptFileError, float32, readSafetensors, writeSafetensors } from "@dit-bench/weights";
import type { Dataset } from "./dataset.ts";
import type { Listener } from "./events.ts";
import type { FeatureExtractor } from "./features.ts";
import { shortHash } from "./recipe.ts";

/** [N, D]; the miniature's extractor takes seconds, so its features are made anew. */
export async function realFeatures(
  data: Dataset,
  extractor: FeatureExtractor & { readonly sha256: string },
  { engine, out, listener }: { readonly engine: string; readonly out: string; readonly listener: Listener },
): Promise<Float32Array> {
  if (extractor.resizer === "none") return extractor.features(data.pixels, listener);
  const { id, resizer, sha256, dimension } = extractor;
  const identity = shortHash(JSON.stringify([data.fingerprint, data.size, id, resizer, sha256, engine]));
  const path = join(out, "features", `${data.name}-${data.size}-${identity}.safetensors`);
  const N = data.labels.length;
  if (existsSync(path)) {
    try {
      const kept = readSafetensors(path).tensors.get("features");
      if (kept?.shape.join() === [N, dimension].join()) return float32(kept);
    } catch (error) {
      if (!(error instanceof CorruptFileError)) throw error;
      listener.note?.(`the data's features are made again: ${error.message}`);
    }
  }
  const features = await extractor.features(data.pixels, listener);
  mkdirSync(join(out, "features"), { recursive: true });
  writeSafetensors(path, [["features", { type: "F32", shape: [N, dimension], data: features }]]);
  return features;
}
