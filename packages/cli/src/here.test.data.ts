// Runs commands in the process of the test, in the folder of tiny-place.test.data.ts.

import { benchInProcess } from "./bench-in-process.test.data.ts";
import { cell, place } from "./tiny-place.test.data.ts";

/** Runs `bench` in `place`. */
export const goHere = (...args: string[]) => benchInProcess(args, { cwd: place });
/** Runs the cell, with more flags. */
export const runHere = (...args: string[]) => goHere(...cell, ...args);
