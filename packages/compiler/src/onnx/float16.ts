/** The nearest float16 of each number, ties to even, as bits. Throws on a finite number that is too large for one. */
export function toFloat16(values: Float32Array): Uint16Array {
  const out = new Uint16Array(values.length);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) out[i] = half(bits[i]!, values, i);
  return out;
}

function half(bits: number, values: Float32Array, at: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x7f800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00); // NaN, infinity
  if (magnitude >= 0x477ff000) {
    throw new Error(`float16: ${values[at]} is beyond its largest number, 65504: keep these weights in float32`);
  }
  if (magnitude >= 0x38800000) return sign | rounded(magnitude - 0x38000000, 13); // the exponent's bias goes from 127 to 15
  const exponent = magnitude >>> 23;
  if (exponent < 102) return sign; // less than half the least subnormal
  return sign | rounded((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
}

/** `x` shifted right, to the nearest, ties to even. */
function rounded(x: number, shift: number): number {
  const floor = x >>> shift;
  const rest = x - floor * 2 ** shift;
  const tie = 2 ** (shift - 1);
  return floor + (rest > tie || (rest === tie && (floor & 1) === 1) ? 1 : 0);
}
