// Matrix multiplication against plain sums, to the bit.

import { expect, test } from "vitest";
import { gemmNT } from "./gemm.ts";

const wave = (count: number, phase: number) =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(1.3 * i + phase));

test.each([
  [1, 1, 1],
  [4, 4, 256],
  [5, 67, 3],
  [70, 130, 300],
  [6, 9, 513],
])("gemmNT of %i x %i results over %i has the bits of sums in the order of k", (m, n, k) => {
  const [p, q] = [wave(m * (k + 2) + 1, 0), wave(n * (k + 5), 1)];
  const before = wave(m * (n + 3), 2);
  for (const lowerOnly of [false, true]) {
    const c = before.slice();
    const rows = { data: p, offset: 1, stride: k + 2 };
    gemmNT(
      { data: c, offset: 0, stride: n + 3 },
      rows,
      { data: q, offset: 0, stride: k + 5 },
      m,
      n,
      k,
      -0.7,
      lowerOnly,
    );
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n + 3; j++) {
        let wanted = before[i * (n + 3) + j]!;
        for (let k0 = 0; j < n && k0 < k; k0 += 256) {
          let sum = 0;
          for (let l = k0; l < Math.min(k, k0 + 256); l++) sum += p[1 + i * (k + 2) + l]! * q[j * (k + 5) + l]!;
          wanted += -0.7 * sum;
        }
        if (j >= n)
          expect(c[i * (n + 3) + j]).toBe(before[i * (n + 3) + j]); // numbers beside the result stay unchanged
        else if (!lowerOnly || j <= i) expect(c[i * (n + 3) + j]).toBe(wanted);
      }
  }
});
