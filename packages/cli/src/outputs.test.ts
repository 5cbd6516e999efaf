// Tests that an output file cannot overwrite an input.

import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { protectInputs } from "./outputs.ts";

const place = mkdtempSync(join(tmpdir(), "dit-bench-inputs-"));
afterAll(() => rmSync(place, { recursive: true }));

it("refuses an output file that is an input by the same path, another path or a link", () => {
  const input = join(place, "a.safetensors");
  writeFileSync(input, "x");
  symlinkSync(input, join(place, "link.safetensors"));
  for (const output of [input, join(place, ".", "x", "..", "a.safetensors"), join(place, "link.safetensors")])
    expect(() => protectInputs(output, { "--weights": join(place, "b"), "--inputs": input })).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining("it is the file of --inputs, which") }),
    );
  protectInputs(join(place, "c.safetensors"), { "--inputs": input });
  writeFileSync(join(place, "d.safetensors"), "y");
  protectInputs(join(place, "d.safetensors"), { "--inputs": input, "--weights": "sd-vae-ft-ema" });
});
