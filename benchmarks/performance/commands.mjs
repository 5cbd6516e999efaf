// The commands that start measuring processes: ours, that of an earlier build, and PyTorch's.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** @import { Command } from "./process.mjs" */
/** @import { Spec } from "./types.ts" */

const pathBeside = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * @param {Spec} spec
 * @param {object} programs
 * @param {string} [programs.python] the Python that has PyTorch
 * @param {string} [programs.cache] folder for the caches of torch.compile
 * @param {string} [programs.before] worker.mjs of the earlier build
 * @returns {Command}
 */
export function commandOf({ program, prepare }, { python = "python3", cache = "", before = "" } = {}) {
  switch (program) {
    case "python": {
      const { method, shape, threads, precision = "float32" } = prepare;
      return {
        command: python,
        args: [pathBeside("torch_dit.py")],
        env: {
          OMP_NUM_THREADS: String(threads),
          TORCHINDUCTOR_CACHE_DIR: join(cache, `${method}-${shape?.width}-${precision}`),
        },
      };
    }
    case "before":
      return { command: process.execPath, args: [before], cwd: dirname(before) };
    default:
      return { command: process.execPath, args: [pathBeside("worker.mjs")] };
  }
}
