// Random numbers keyed by seed, purpose and index, and a guard that forbids Math.random.

export { hash32, integers, normals, permutation, type Stream, stream, uniforms } from "./keyed-samples.ts";
export { inverseNormal } from "./normal.ts";
export { callSite, callSitesOf, withoutMathRandom } from "./only-source.ts";
export { philox } from "./philox.ts";
