// The scores of one set of features against another. A new one is one file here, and its line below.

export { type CopyRate, type CopyRateOptions, copyQuantile, copyRate } from "./copy-rate.ts";
export { type DensityCoverage, densityCoverage, densityNeighbours } from "./density-coverage.ts";
export { frechetDistance } from "./frechet-distance.ts";
export { type FrechetInterval, frechetInterval, type IntervalOptions } from "./frechet-interval.ts";
export { kid } from "./kid.ts";
export { defaultNeighbours, type PrecisionRecall, precisionRecall } from "./precision-recall.ts";
