// Builds WebAssembly modules instruction by instruction.

export {
  branchIf,
  type Code,
  f32x4,
  f64,
  f64x2,
  get,
  i32,
  loop,
  set,
  tee,
  type ValueType,
  v128,
} from "./instructions.ts";
export { signedLeb128, unsignedLeb128 } from "./leb128.ts";
export { PAGE_BYTES, type WasmFunction, wasmModule } from "./module.ts";
