// Each file that is not the wanted wheel gets one message: what it is and what was wanted.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { thisPlatform } from "@dit-bench/compiler";
import { makeZip } from "@dit-bench/fetch/testing";
import { afterAll, describe, expect, it } from "vitest";
import { checkWheel } from "./check-wheel.ts";
import { engineOf, sha256, validWheel, wheelEntries, wheelFile, wheelTexts } from "./engine.test.data.ts";

const place = mkdtempSync(join(tmpdir(), "check-wheel-"));
afterAll(() => rmSync(place, { recursive: true }));
const path = join(place, "given.whl");
const { table } = engineOf(validWheel).entry;
const check = (signal?: AbortSignal) => checkWheel(path, table, table.wheels[thisPlatform()]!, signal);
const png = Buffer.from("\x89PNG\r\n\x1a\n and so on", "latin1");
const changed = Buffer.from(validWheel);
changed[40]! ^= 1; // in the name of the first entry
const withTexts = (texts: Parameters<typeof wheelTexts>[0]) =>
  makeZip([...wheelEntries.slice(0, 4), ...wheelTexts(texts)]);

describe("checkWheel", () => {
  it("accepts the wheel under any name", async () => {
    writeFileSync(path, validWheel);
    await expect(check()).resolves.toBeUndefined();
  });

  it.each<[string, Uint8Array, string, string]>([
    [
      "an older version",
      withTexts({ version: "1.7.0" }),
      "not-the-file",
      "the wheel of some-provider 1.7.0, wanted some-provider 1.8.1",
    ],
    [
      "a newer version",
      withTexts({ version: "1.9.0" }),
      "not-the-file",
      "the wheel of some-provider 1.9.0, wanted some-provider 1.8.1",
    ],
    [
      "another package",
      withTexts({ name: "numpy" }),
      "not-the-file",
      "the wheel of numpy 1.8.1, wanted some-provider 1.8.1",
    ],
    [
      "another platform",
      withTexts({ platform: "win_amd64" }),
      "not-the-file",
      "the wheel for win_amd64, wanted any_machine",
    ],
    [
      "a zip archive",
      makeZip([{ name: "a", body: "1" }]),
      "not-the-file",
      `a zip archive and not a wheel; wanted ${wheelFile}`,
    ],
    ["a web page", Buffer.from("<!DOCTYPE html><html></html>"), "not-the-file", `wanted ${wheelFile}`],
    ["an image", png, "not-the-file", `a PNG image and not a wheel; wanted ${wheelFile}`],
    ["an empty file", Buffer.alloc(0), "not-the-file", `an empty file and not a wheel; wanted ${wheelFile}`],
  ])("refuses %s", async (_, bytes, kind, message) => {
    writeFileSync(path, bytes);
    await expect(check()).rejects.toMatchObject({ name: "FetchError", kind });
    await expect(check()).rejects.toThrow(`${path} is `);
    await expect(check()).rejects.toThrow(message);
  });

  it("refuses a truncated wheel, with both sizes", async () => {
    writeFileSync(path, validWheel.subarray(0, 100));
    await expect(check()).rejects.toMatchObject({
      kind: "wrong-size",
      message: `${path} is truncated: it has 100 bytes, wanted ${validWheel.length}`,
    });
  });

  it("refuses a wheel of the same version with other bytes, with both checksums or sizes", async () => {
    writeFileSync(path, changed);
    await expect(check()).rejects.toMatchObject({
      kind: "wrong-checksum",
      message: `${path}: its SHA-256 is ${sha256(changed)}, wanted ${sha256(validWheel)}`,
    });
    const longer = makeZip([...wheelEntries, { name: "more", body: "a file" }]);
    writeFileSync(path, longer);
    await expect(check()).rejects.toMatchObject({
      kind: "wrong-size",
      message: `${path} is not the published wheel: it has ${longer.length} bytes, wanted ${validWheel.length}`,
    });
  });

  it("takes spellings of the package's name as equal", async () => {
    writeFileSync(path, Buffer.concat([withTexts({ name: "Some_Provider" })]));
    await expect(check()).rejects.not.toThrow("is the wheel of");
  });

  it("refuses a path without a file, and a folder", async () => {
    rmSync(path, { force: true });
    await expect(check()).rejects.toMatchObject({
      kind: "not-found",
      message: `${path}: there is no such file; wanted ${wheelFile}`,
    });
    mkdirSync(path);
    await expect(check()).rejects.toMatchObject({ message: `${path} is a folder; wanted ${wheelFile}` });
    rmSync(path, { recursive: true });
  });

  it("stops when the signal aborts", async () => {
    writeFileSync(path, validWheel);
    await expect(check(AbortSignal.abort())).rejects.toMatchObject({ kind: "interrupted" });
  });
});
