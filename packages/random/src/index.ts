export { hash32, integers, normals, permutation, type Stream, stream, uniforms } from "./draws.ts";
export { inverseNormal } from "./normal.ts";
export { philox } from "./philox.ts";
