// `bench run` with image folders of users: without class folders, with files that are no images, and with names that
// are not UTF-8 or have control characters.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { photos, place, run } from "./tiny-place.test.data.ts";

const recordOf = (json: Record<string, unknown>) => JSON.parse(readFileSync(join(place, String(json.record)), "utf8"));

it("trains on a folder without class folders as one class, and makes its contact sheet", async () => {
  const folder = join(await photos("flat", { daisy: 12 }), "daisy");
  const r = await run("--data", folder, "--out", "flat", "--json");
  expect(r.code, r.stderr).toBe(0);
  expect(r.stdout).toContain("12 images of 1 class)");
  expect(recordOf(r.json).data).toMatchObject({ classes: ["daisy"], images: 12, skipped: 0 });
  expect(existsSync(join(place, String(r.json.sheet)))).toBe(true);
  expect(r.json).toMatchObject({ skipped: 0, fid: expect.any(Number), kid: expect.any(Number) });
});

it("counts files that cannot be read in the record, the JSON and the summary", async () => {
  const folder = await photos("mixed", { daisy: 6, rose: 6 });
  writeFileSync(join(folder, "rose", "broken.jpg"), "x");
  mkdirSync(join(folder, "lost+found"));
  mkdirSync(join(folder, "empty"));
  const r = await run("--data", folder, "--out", "mixed", "--json");
  expect(r.code, r.stderr).toBe(0);
  expect(r.stderr).toContain("left out rose/broken.jpg: its content is none of");
  expect(r.stderr).toContain("left out empty: no images in this folder");
  expect(r.stderr).not.toContain("lost+found");
  expect(r.stdout).toContain("12 images of 2 classes, 1 file left out)");
  expect(recordOf(r.json).data.skipped).toBe(1);
  expect(r.json.skipped).toBe(1);
});

it.runIf(process.platform === "linux")(
  "reads class folders in Latin-1 and with control characters, and prints their names escaped",
  async () => {
    const folder = await photos("bytes \x1b[7m", { daisy: 6, rose: 6 });
    const raw = (text: string) => Buffer.from(`${folder}/${text}`, "latin1");
    for (const name of ["r\xf6se", "esc\x1b[31m"]) {
      mkdirSync(raw(name));
      writeFileSync(raw(`${name}/1\x07.jpg`), readFileSync(join(folder, "daisy", "1.jpg")));
      writeFileSync(raw(`${name}/2.jpg`), "x");
    }
    const r = await run("--data", folder, "--out", "bytes", "--json");
    expect(r.code, r.stderr).toBe(0);
    expect(recordOf(r.json).data.classes).toEqual(["daisy", "esc\\x1b[31m", "r\\xf6se", "rose"]);
    expect(r.stderr).toContain("left out r\\xf6se/2.jpg");
    expect(r.stderr).toContain("left out esc\\x1b[31m/2.jpg");
    expect(r.stderr + r.stdout).not.toContain("\x1b");
    expect(recordOf(r.json).cell.datasetTitle).toBe("own images, photos bytes \\x1b[7m");
  },
);
