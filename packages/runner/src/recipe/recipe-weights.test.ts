// The digest of a file or a folder of weights.

import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sha256Of } from "../storage/hashes.ts";

it.skipIf(process.platform !== "linux")(
  "a link that leads nowhere and a name that is not UTF-8 count as nothing",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "dit-bench-weights-"));
    writeFileSync(join(folder, "a.safetensors"), "a");
    const before = sha256Of(folder);
    symlinkSync("gone", join(folder, "link"));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xe9, 0x2e, 0x62])]), "b");
    expect(sha256Of(folder)).toBe(before);
    writeFileSync(join(folder, "b.safetensors"), "b");
    expect(sha256Of(folder)).not.toBe(before);
    rmSync(folder, { recursive: true });
  },
);
