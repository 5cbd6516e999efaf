// Rounds float32 to float16 (IEEE 754 binary16).

/**
 * The bits of the nearest float16 of each number, ties to even. Throws on a finite number above 65504, the largest
 * float16.
 */
export function toFloat16(values: Float32Array): Uint16Array {
  const out = new Uint16Array(values.length);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) out[i] = float16Bits(bits[i]!, values, i);
  return out;
}

function float16Bits(bits: number, values: Float32Array, at: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x7f800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00); // NaN, infinity
  if (magnitude >= 0x477ff000) {
    throw new Error(`float16: ${values[at]} is beyond its largest number, 65504: keep these weights in float32`);
  }
  if (magnitude >= 0x38800000) return sign | shiftRounded(magnitude - 0x38000000, 13); // exponent bias 127 -> 15
  const exponent = magnitude >>> 23;
  if (exponent < 102) return sign; // below half of the smallest subnormal
  return sign | shiftRounded((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
}

/** x / 2^shift, rounded to nearest, ties to even. */
function shiftRounded(x: number, shift: number): number {
  const floor = x >>> shift;
  const rest = x - floor * 2 ** shift;
  const tie = 2 ** (shift - 1);
  return floor + (rest > tie || (rest === tie && (floor & 1) === 1) ? 1 : 0);
}
