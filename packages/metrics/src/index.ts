// Feature extractors, and scores of sets of features: FID, KID, precision and recall, density and coverage,
// copy rate.

export * from "./extractors/index.ts";
export * from "./scores/index.ts";
export { type Statistics, statistics } from "./statistics.ts";
