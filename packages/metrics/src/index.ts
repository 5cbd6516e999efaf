// Feature extractors, FID and KID.
export { frechetDistance } from "./frechet-distance.ts";
export { type FrechetInterval, frechetInterval, type IntervalOptions } from "./frechet-interval.ts";
export { kid } from "./kid.ts";
export { type Statistics, statistics } from "./statistics.ts";
