/** Whole numbers of 0 to 2^32 - 1, seven bits a byte, the lowest first. */
export function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

/** Whole numbers of -2^31 to 2^31 - 1, likewise; the last byte's second highest bit is the sign. */
export function signed(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}
