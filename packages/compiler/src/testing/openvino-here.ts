// Finds out which engines of OpenVINO the tests can use on this machine.

import { createEngine } from "../engines/create-engine.ts";
import { openvino } from "../engines/openvino.ts";

export type OpenvinoName = "openvino" | "openvino+bfloat16";

/**
 * The engines that work here: none where the provider was not fetched, and only that in float32 on a CPU without
 * bfloat16. It warns about those that are missing. CI has fetched the provider into the folder TEST_OPENVINO_HOME.
 *
 * @throws Error if the engine in bfloat16 cannot start for another reason: its tests must not be skipped then
 */
export async function openvinoHere(): Promise<readonly OpenvinoName[]> {
  if (process.env.TEST_OPENVINO_HOME) process.env.DIT_BENCH_HOME = process.env.TEST_OPENVINO_HOME;
  try {
    await openvino.load();
  } catch (error) {
    console.warn(`tests on openvino are skipped: ${(error as Error).message}`);
    return [];
  }
  try {
    await createEngine("openvino+bfloat16", { threads: 1 });
  } catch (error) {
    if (!lacksBfloat16(error)) throw error;
    console.warn(`tests on openvino+bfloat16 are skipped: ${(error as Error).message}`);
    return ["openvino"];
  }
  return ["openvino", "openvino+bfloat16"];
}

/** True for the errors of the engine's check of matrix multiplications, if they blame the CPU's bfloat16. */
export const lacksBfloat16 = (error: unknown): boolean =>
  error instanceof Error &&
  /no matrix multiplications in bfloat16|in bfloat16 are wrong on this CPU/.test(error.message);
