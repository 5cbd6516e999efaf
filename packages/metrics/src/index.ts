// Feature extractors, FID, KID, precision and recall.

export type { Classifier, Extractor } from "./extractors/extractor.ts";
export {
  type Inception,
  type InceptionOptions,
  type InceptionTap,
  inception,
  inceptionTaps,
} from "./extractors/inception/inception.ts";
export { classifierLoss } from "./extractors/mini/classifier-loss.ts";
export { initialWeights, miniInception, standardised } from "./extractors/mini/mini-inception.ts";
export { frechetDistance } from "./scores/frechet-distance.ts";
export { type FrechetInterval, frechetInterval, type IntervalOptions } from "./scores/frechet-interval.ts";
export { kid } from "./scores/kid.ts";
export { defaultNeighbours, type PrecisionRecall, precisionRecall } from "./scores/precision-recall.ts";
export { type Statistics, statistics } from "./statistics.ts";
