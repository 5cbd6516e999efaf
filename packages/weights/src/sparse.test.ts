// Tests that files above 2 and 4 GiB are read, and that loading a model takes little more memory than the model.

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openCheckpoint } from "./index.ts";
import { type SparseTensor, sparseLegacy, sparseSafetensors, sparseZip } from "./sparse.test.data.ts";

const folder = mkdtempSync(join(tmpdir(), "dit-bench-sparse-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
  ["safetensors", sparseSafetensors],
  ["PyTorch zip", sparseZip],
  ["PyTorch legacy", sparseLegacy],
] as const)("%s", (format, make) => {
  test("openCheckpoint reads single tensors beyond 2, 4 and 6 GiB", async () => {
    const bigCount = 2 ** 29 + 3; // slightly more than 2 GiB
    const path = join(folder, "big");
    make(
      path,
      [1, 2, 3].flatMap((i): SparseTensor[] => [
        { name: `big.${i}`, count: bigCount, first: i },
        { name: `small.${i}`, count: 5, first: 10 * i },
      ]),
    );
    expect(statSync(path).size).toBeGreaterThan(6 * 2 ** 30);
    const c = await openCheckpoint(path);
    expect(c.format).toBe(format);
    expect(c.tensors.get("big.3")).toMatchObject({ shape: [bigCount], count: bigCount });
    for (const i of [1, 2, 3]) expect(c.float32(`small.${i}`)).toEqual(new Float32Array([10 * i, 0, 0, 0, 0]));
    rmSync(path);
  });

  test("openCheckpoint reads a whole model in less than 1.3 times its size", async () => {
    const path = join(folder, "model");
    const size = 128 << 20;
    const count = size / 4 / 64;
    make(
      path,
      Array.from({ length: 64 }, (_, i) => ({ name: `t${i}`, count, first: i + 1 })),
    );
    const memoryBefore = process.memoryUsage();
    let maxBytes = 0;
    const c = await openCheckpoint(path);
    const loaded: Float32Array[] = [];
    for (const name of c.tensors.keys()) {
      loaded.push(c.float32(name));
      const { arrayBuffers, heapUsed } = process.memoryUsage();
      maxBytes = Math.max(
        maxBytes,
        arrayBuffers - memoryBefore.arrayBuffers + Math.max(0, heapUsed - memoryBefore.heapUsed),
      );
    }
    expect(loaded.map((values) => values[0])).toEqual(Array.from({ length: 64 }, (_, i) => i + 1));
    expect(maxBytes).toBeLessThan(1.3 * size);
    rmSync(path);
  });
});
