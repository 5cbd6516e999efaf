// Test data for this package and for those that use it; not part of the program.

export { type MatOptions, type MatSource, makeMat } from "./make-mat.ts";
