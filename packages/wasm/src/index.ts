// WebAssembly modules, written instruction by instruction.
export { again, type Code, f32x4, f64, f64x2, get, i32, loop, set, tee, type ValueType, v128 } from "./instructions.ts";
export { signed, unsigned } from "./leb128.ts";
export { PAGE, type WasmFunction, wasmModule } from "./module.ts";
