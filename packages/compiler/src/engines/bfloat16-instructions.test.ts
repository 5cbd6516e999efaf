// Instructions for bfloat16 are found in Linux's description of the CPU.

import { expect, test } from "vitest";
import { mayHaveBfloat16 } from "./bfloat16-instructions.ts";

test.each([
  ["flags\t\t: fpu avx2 avx512f avx512_bf16 amx_int8\n", true],
  ["model name\t: x\nflags\t\t: avx512f amx_bf16 amx_tile\n", true],
  ["flags\t\t: fpu avx2 avx512f avx512_vnni\n", false],
  ["Features\t: fp asimd bf16\n", true], // no x86-64
])("%j", (info, expected) => {
  expect(mayHaveBfloat16(() => info)).toBe(expected);
});

test("a system without such a description may have them", () => {
  const readInfo = () => {
    throw new Error("no such file");
  };
  expect(mayHaveBfloat16(readInfo)).toBe(true);
});
