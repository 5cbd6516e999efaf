// FID and KID against held-out images: see docs/metrics.md.

import { frechetInterval, kid, statistics } from "@dit-bench/metrics";
import { fewestImages, ofHeldOut } from "./metric.ts";
import { subsample } from "./subsample.ts";

export const heldOutDistance = ofHeldOut({
  names: ["heldOutFid", "heldOutKid"],
  fewest: fewestImages,
  compute({ generated, heldOut, dimension: D }, settings) {
    const { distance, low, high } = frechetInterval(generated, statistics(heldOut, D), D, settings);
    return {
      heldOutFid: { value: distance, interval: [low, high] },
      heldOutKid: { value: kid(subsample(generated, D), subsample(heldOut, D), D) },
    };
  },
});
