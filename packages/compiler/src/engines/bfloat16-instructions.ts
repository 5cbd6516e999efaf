// Whether the CPU has instructions for matrix multiplications in bfloat16. Without them OpenVINO emulates them.

import { readFileSync } from "node:fs";

/** True unless the system lists the CPU's instructions, as Linux does on x86-64, and none of them is for bfloat16. */
export function mayHaveBfloat16(readInfo = () => readFileSync("/proc/cpuinfo", "utf8")): boolean {
  let flags: string | undefined;
  try {
    flags = /^flags\s*:(.*)$/m.exec(readInfo())?.[1];
  } catch {
    return true;
  }
  return flags === undefined || /\b(?:avx512_bf16|amx_bf16)\b/.test(flags);
}
