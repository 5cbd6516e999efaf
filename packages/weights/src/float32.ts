// Converts stored floating-point numbers to float32. F16: IEEE 754 binary16; BF16: the upper half of a float32.

import type { StoredTensor } from "./tensor-type.ts";

const floatingPointTypes: ReadonlySet<string> = new Set(["F64", "F32", "F16", "BF16"]);

/** True if `float32` can convert numbers of this type. */
export const isFloatingPoint = (type: string): boolean => floatingPointTypes.has(type);

/**
 * Converts the numbers of a tensor to float32. F32 numbers are returned in the same array, F64 numbers are rounded to
 * nearest, F16 and BF16 numbers are converted exactly. Throws for other types.
 */
export function float32(tensor: StoredTensor): Float32Array {
  const { type, data } = tensor;
  switch (type) {
    case "F32":
      return data as Float32Array;
    case "F64":
      return Float32Array.from(data as Float64Array);
    case "BF16":
      return new Float32Array(Uint32Array.from(data as Uint16Array, (bits) => bits << 16).buffer);
    case "F16":
      return Float32Array.from(data as Uint16Array, float16ToNumber);
    default:
      throw new Error(
        `tensor of type ${type} and shape [${tensor.shape}]: ` +
          `wanted floating-point numbers (${[...floatingPointTypes].join(", ")})`,
      );
  }
}

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
