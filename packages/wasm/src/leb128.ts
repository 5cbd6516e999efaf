// LEB128, the variable-length encoding of integers in WebAssembly: seven bits a byte, the lowest first.
// https://webassembly.github.io/spec/core/binary/values.html#integers

/** @param value a whole number from 0 to 2^32 - 1 */
export function unsignedLeb128(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsignedLeb128(value >>> 7)];
}

/** @param value a whole number from -2^31 to 2^31 - 1; bit 6 of the last byte is its sign */
export function signedLeb128(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signedLeb128(value >> 7)];
}
