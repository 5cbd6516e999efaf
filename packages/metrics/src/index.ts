// Feature extractors, FID, KID, precision and recall.
export { classifierLoss } from "./classifier-loss.ts";
export type { Classifier, Extractor } from "./extractor.ts";
export { frechetDistance } from "./frechet-distance.ts";
export { type FrechetInterval, frechetInterval, type IntervalOptions } from "./frechet-interval.ts";
export {
  type Inception,
  type InceptionOptions,
  type InceptionTap,
  inception,
  inceptionTaps,
} from "./inception/inception.ts";
export { kid } from "./kid.ts";
export { initialWeights, miniInception, standardised } from "./mini-inception.ts";
export { defaultNeighbours, type PrecisionRecall, precisionRecall } from "./precision-recall.ts";
export { type Statistics, statistics } from "./statistics.ts";
