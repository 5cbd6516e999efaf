// A plug-in that misbehaves, for tests.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { place } from "./tiny-place.test.data.ts";

/**
 * Writes a plug-in with one method, and returns the flags that load it.
 *
 * @param top code at its top level
 * @param adapt code in `adapt`
 * @param options fields of the schema of its options
 */
export function writePlugin(name: string, { top = "", adapt = "", options = "" }): string[] {
  writeFileSync(
    join(place, `${name}.mjs`),
    `import { defineMethod, z } from "@dit-bench/method";
     ${top}
     export default defineMethod({
       name: "${name}", label: () => "${name}", source: "here", learningRate: 1e-3,
       options: z.strictObject({ ${options} }),
       adapt: () => { ${adapt}; return { train: ["blocks.*.attn.*.bias"] }; } });`,
  );
  return ["--plugin", `./${name}.mjs`];
}
