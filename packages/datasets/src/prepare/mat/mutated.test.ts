// Tests parseMat on files with randomly changed bytes: it returns a result or throws MatError, never another error.

import { readFileSync } from "node:fs";
import { mutated } from "@dit-bench/fetch/testing";
import { describe, expect, it } from "vitest";
import { MatError } from "./mat-error.ts";
import { parseMat } from "./read-mat.ts";

describe("parseMat", () => {
  it.each(["flowers", "cars", "every", "flowers-plain", "cars-plain", "every-plain"])(
    "reads or refuses 1000 mutations of %s.mat",
    (name) => {
      const bytes = readFileSync(new URL(`./fixtures/${name}.mat`, import.meta.url));
      for (let seed = 0; seed < 1000; seed++) {
        try {
          parseMat(mutated(bytes, seed));
        } catch (error) {
          expect(error, `seed ${seed}: ${(error as Error).stack}`).toBeInstanceOf(MatError);
        }
      }
    },
  );
});
