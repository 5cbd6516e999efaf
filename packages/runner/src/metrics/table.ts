// The metrics of every run beside FID and KID. A new metric is one file here, and its line below.

export { copyRate } from "./copy-rate.ts";
export { densityCoverage } from "./density-coverage.ts";
export { heldOutDistance } from "./held-out-distance.ts";
export { precisionRecall } from "./precision-recall.ts";
