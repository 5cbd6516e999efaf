// Changes bytes at random for tests of parsers.

import { stream } from "@dit-bench/random";

/** A copy with a few bytes changed, removed or repeated; the seed decides which. */
export function mutated(bytes: Buffer, seed: number): Buffer {
  const numbers = stream(seed, "mutated.test", 0);
  let copy = Buffer.from(bytes);
  for (let i = 0; i <= numbers.integer(4); i++) {
    const at = numbers.integer(copy.length);
    const kind = numbers.integer(5);
    if (kind === 0) copy[at] = numbers.integer(256);
    else if (kind === 1) copy[at]! ^= 1 << numbers.integer(8);
    else if (kind === 2) copy = Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1 + numbers.integer(64))]);
    else if (kind === 3)
      copy = Buffer.concat([copy.subarray(0, at), copy.subarray(Math.max(0, at - numbers.integer(600)))]);
    else if (at + 4 <= copy.length)
      copy.writeUInt32LE([0, 0xffffffff, 0x7fffffff, 0x80000000, 1][numbers.integer(5)]!, at);
    if (copy.length === 0) copy = Buffer.from([0]);
  }
  return copy;
}
