// The check of matrix multiplications, by engines that are made to be wrong.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../contract/engine.ts";
import type { Values } from "../contract/signature.ts";
import { lacksBfloat16 } from "../testing/openvino-here.ts";
import { checkMatMul } from "./check-matmul.ts";
import { createEngine } from "./create-engine.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** The engine `cpu`, whose results are changed. */
async function changed(change: (results: Record<string, Float32Array>) => void): Promise<Engine> {
  const engine = await createEngine("cpu", { threads: 1 });
  return {
    ...engine,
    async compile(...given) {
      const compiled = await engine.compile(...given);
      return {
        ...compiled,
        async run(inputs: Values) {
          const results = (await compiled.run(inputs)) as Record<string, Float32Array>;
          change(results);
          return results;
        },
      };
    },
  };
}

/** Rounds to the nearest bfloat16. */
function toBfloat16(x: number): number {
  const bits = new Uint32Array(Float32Array.of(x).buffer);
  bits[0] = (bits[0]! + 0x8000) & 0xffff0000;
  return new Float32Array(bits.buffer)[0]!;
}

/** An engine whose matMuls have operands rounded to bfloat16, as it should be: both constants and inputs. */
async function bfloat16Engine(): Promise<Engine> {
  const engine = await createEngine("cpu", { threads: 1 });
  const rounded = (values: Values): Values =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value.map(toBfloat16)]));
  return {
    ...engine,
    async compile(fn, signature, options) {
      const constants = Object.fromEntries(
        Object.entries(signature).map(([key, spec]) => [
          key,
          spec.value ? { ...spec, value: spec.value.map(toBfloat16) } : spec,
        ]),
      );
      const compiled = await engine.compile(fn, constants, options);
      return { ...compiled, run: (inputs: Values) => compiled.run(rounded(inputs)) };
    },
  };
}

describe("checkMatMul", () => {
  test("accepts matrix multiplications in float32, and those in bfloat16 where these are wanted", async () => {
    await checkMatMul(await changed(() => {}), "float32");
    await checkMatMul(await bfloat16Engine(), "bfloat16");
  });

  test("refuses bfloat16 where float32 is wanted", async () => {
    await expect(checkMatMul(await bfloat16Engine(), "float32")).rejects.toThrow(
      /^matrix multiplications in float32 are wrong on this CPU: the largest error is \S+ of the sum/,
    );
  });

  test("refuses float32 where bfloat16 is wanted", async () => {
    const message = "this CPU computes no matrix multiplications in bfloat16: they came back in float32";
    await expect(checkMatMul(await changed(() => {}), "bfloat16")).rejects.toThrow(message);
  });

  test("throws errors by which tests know a CPU without bfloat16, and no others", async () => {
    const wrong = await changed((results) => void results.c0!.fill(0));
    const errorOf = (engine: Engine, precision: "float32" | "bfloat16") =>
      checkMatMul(engine, precision).catch((error: Error) => error);
    expect(lacksBfloat16(await errorOf(await changed(() => {}), "bfloat16"))).toBe(true);
    expect(lacksBfloat16(await errorOf(wrong, "bfloat16"))).toBe(true);
    expect(lacksBfloat16(await errorOf(wrong, "float32"))).toBe(false);
    expect(lacksBfloat16(new Error("the file is damaged"))).toBe(false);
  });

  test.each(["c0", "c1", "c2", "c3", "c4", "t4"])("refuses one wrong element of the matMul %s", async (name) => {
    for (const precision of ["float32", "bfloat16"] as const) {
      const wrong = await changed((results) => {
        const matMul = results[name]!;
        matMul[matMul.length - 1]! += 1;
      });
      await expect(checkMatMul(wrong, precision), precision).rejects.toThrow("are wrong on this CPU");
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses a matMul with %d", async (value) => {
    for (const at of [0, 1000]) {
      const wrong = await changed((results) => {
        results.c0![at] = value;
      });
      await expect(checkMatMul(wrong, "bfloat16")).rejects.toThrow("are wrong on this CPU");
    }
  });

  test("refuses the matMul by a square constant where the transposed one is wanted", async () => {
    const wrong = await changed((results) => {
      results.t4 = results.c4!;
    });
    await expect(checkMatMul(wrong, "float32")).rejects.toThrow("are wrong on this CPU");
  });

  test("frees what it has compiled, also if the matMuls are wrong", async () => {
    let disposed = 0;
    const engine = await changed((results) => void results.c0!.fill(0));
    const counting: Engine = {
      ...engine,
      async compile(...given) {
        const compiled = await engine.compile(...given);
        return {
          ...compiled,
          async dispose() {
            disposed++;
            await compiled.dispose();
          },
        };
      },
    };
    await expect(checkMatMul(counting, "float32")).rejects.toThrow();
    expect(disposed).toBe(1);
  });
});
