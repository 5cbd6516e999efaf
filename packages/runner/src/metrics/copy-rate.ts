// The copy rate: see docs/metrics.md.

import { copyRate as compute } from "@dit-bench/metrics";
import { fewestImages, ofHeldOut } from "./metric.ts";

export const copyRate = ofHeldOut({
  names: ["copyRate"],
  fewest: fewestImages,
  compute({ generated, real, heldOut, dimension }, settings) {
    const { rate, low, high } = compute(generated, real, heldOut, dimension, settings);
    return { copyRate: { value: rate, interval: [low, high] } };
  },
});
