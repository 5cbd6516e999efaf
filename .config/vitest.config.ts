// The tests of the repository: packages, examples, benchmarks and tools.

import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const conditions = ["@dit-bench/source"]; // tests run the sources; only the command line's own tests need a build

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      "packages/**/src/**/*.test.ts",
      "examples/**/*.test.ts",
      "benchmarks/**/*.test.mjs",
      "tools/**/*.test.ts",
    ],
    testTimeout: 180_000, // whole runs are among the tests, and machines are shared
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
