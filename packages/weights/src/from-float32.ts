// Converts float32 numbers to the types of a file. F16: IEEE 754 binary16; BF16: the upper half of a float32.

import type { StoredTensor } from "./tensor-type.ts";

/** Converts to F32 (the same array), F16 or BF16, rounded to nearest, ties to even, as in PyTorch. */
export function fromFloat32(
  values: Float32Array,
  shape: readonly number[],
  type: "F32" | "F16" | "BF16",
): StoredTensor {
  if (type === "F32") return { type, shape, data: values };
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return { type, shape, data: Uint16Array.from(bits, type === "F16" ? float16Bits : bfloat16Bits) };
}

/** The bits of infinity in float32, which has 1 sign, 8 exponent (bias 127) and 23 fraction bits (IEEE 754). */
const infinity = 0x7f800000;

/** The upper half of a float32. */
function bfloat16Bits(bits: number): number {
  if ((bits & 0x7fffffff) > infinity) return (bits >>> 16) | 0x40; // a quiet NaN
  return roundBits(bits, 16);
}

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
function float16Bits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > infinity) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 2^16 or more becomes infinity
  // 2^-14 or more is a normal number in F16; rounding up may reach infinity.
  if (magnitude >= 0x38800000) return sign | roundBits(magnitude - (112 << 23), 13);
  const exponent = magnitude >>> 23;
  if (exponent < 102) return sign; // below 2^-25, half of the smallest subnormal number, the result is 0
  return sign | roundBits((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
}

/** Drops the lowest bits of a number, rounding to nearest, ties to even. */
function roundBits(value: number, drop: number): number {
  const high = value >>> drop;
  const low = value & ((1 << drop) - 1);
  const tie = 1 << (drop - 1);
  return low > tie || (low === tie && (high & 1) === 1) ? high + 1 : high;
}
