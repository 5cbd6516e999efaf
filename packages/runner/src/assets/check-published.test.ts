// Verification of downloaded files, and the note that @dit-bench/fetch shares with it.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchFile } from "@dit-bench/fetch";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { checkPublished } from "./check-published.ts";

const root = mkdtempSync(join(tmpdir(), "check-published-"));
afterAll(() => rmSync(root, { recursive: true }));
const digest = (algorithm: string, text: string) => createHash(algorithm).update(text).digest("hex");
const file = { file: "w.pth", md5: null, sha256: digest("sha256", "weights") };
const asBrought = { ...file, urls: [], bytes: 7 };

let folder: string;
let number = 0;
beforeEach(() => {
  folder = join(root, String(number++));
  mkdirSync(folder);
});
/** Always with the same time, so that only a second look at its bytes tells one from another. */
const put = (text: string) => {
  writeFileSync(join(folder, "w.pth"), text);
  utimesSync(join(folder, "w.pth"), 1000, 1000);
};
const check = (files = [file]) => checkPublished("some-weights", folder, files);

describe("checkPublished", () => {
  it("refuses a file with another checksum, and names the file, both checksums and the remedy", () => {
    put("another");
    expect(() => check()).toThrow(
      `${join(folder, "w.pth")} is not the published file: its SHA256 is ${digest("sha256", "another")}, ` +
        `wanted ${file.sha256}; remove it and get it with 'bench fetch some-weights'`,
    );
    expect(() => check()).toThrow(expect.objectContaining({ name: "BenchError", exitCode: 4 }));
    const md5 = digest("md5", "weights");
    expect(() => check([{ file: "w.pth", md5, sha256: null } as never])).toThrow(`wanted ${md5}`);
    expect(readdirSync(folder)).toEqual(["w.pth"]);
  });

  it("hashes a file once, and again when its time or size changes", () => {
    put("weights");
    check();
    expect(readdirSync(folder).sort()).toEqual([".w.pth.checked", "w.pth"]);
    put("another");
    check(); // as noted
    utimesSync(join(folder, "w.pth"), 1001, 1001);
    expect(() => check()).toThrow("is not the published file");
  });

  it("does not hash a file that bench fetch has verified, nor does bench fetch hash one verified here", async () => {
    put("weights");
    await fetchFile(asBrought, folder);
    put("another");
    check();

    rmSync(join(folder, ".w.pth.checked"));
    put("weights");
    check();
    put("another");
    expect((await fetchFile(asBrought, folder)).how).toBe("was here");
    rmSync(join(folder, ".w.pth.checked"));
    await expect(fetchFile(asBrought, folder)).rejects.toThrow("damaged or another file");
  });

  it("accepts a file in a folder where no note can be written", () => {
    put("weights");
    mkdirSync(join(folder, ".w.pth.checked", "in-the-way"), { recursive: true });
    check();
    check();
    expect(readdirSync(folder).sort()).toEqual([".w.pth.checked", "w.pth"]);
  });

  it("accepts a file without a published checksum", () => {
    put("another");
    check([{ ...file, sha256: null } as never]);
    expect(existsSync(join(folder, ".w.pth.checked"))).toBe(false);
  });
});
