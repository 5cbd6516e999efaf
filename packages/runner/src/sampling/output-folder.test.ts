// Folders that commands fill: images do not mix, and no file of the user is lost.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimFolder, type OutputFolder } from "./output-folder.ts";

let place: string;
let folder: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "dit-bench-output-"));
  folder = join(place, "s");
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const task = (changes: Partial<OutputFolder> = {}): OutputFolder => ({
  ...{ folder, command: "sample", files: ["a.png", "b.png"], made: { seed: 0, classes: [1] } },
  ...changes,
});
const put = (...paths: string[]) => {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path);
  }
};
/** Claims the folder and writes the files, as a command does. */
async function fill(changes: Partial<OutputFolder> = {}) {
  const made = task(changes);
  await claimFolder(made);
  put(...made.files);
}

describe("claimFolder", () => {
  it("claims a new folder, and one with files of other types, and writes a manifest", async () => {
    await fill();
    expect(JSON.parse(readFileSync(join(folder, ".bench-sample.json"), "utf8"))).toEqual({
      version: 1,
      command: "bench sample",
      made: { seed: 0, classes: [1] },
      files: ["a.png", "b.png"],
      beside: [],
    });
    rmSync(folder, { recursive: true });
    put("notes.txt", ".DS_Store", ".thumbnails/x.png");
    await fill();
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(["notes.txt", "a.png"]));
  });

  it("allows the same files to be written again", async () => {
    await fill();
    await fill();
    rmSync(join(folder, "b.png")); // as after an interruption
    await fill();
  });

  it("refuses other settings, and with overwrite replaces only its own files", async () => {
    await fill();
    const other = { files: ["c.png"], made: { seed: 1 } };
    await expect(claimFolder(task(other))).rejects.toThrow(
      "it holds 2 files or folders, such as a.png of an earlier 'bench sample' with other settings; " +
        "choose another --output, or add --overwrite",
    );
    await expect(claimFolder(task({ made: { seed: 1 } }))).rejects.toMatchObject({ exitCode: 2 });
    expect(readdirSync(folder).sort()).toEqual([".bench-sample.json", "a.png", "b.png"]);
    put("notes.txt");
    await fill({ ...other, overwrite: true });
    expect(readdirSync(folder).sort()).toEqual([".bench-sample.json", "c.png", "notes.txt"]);
  });

  it("replaces a single file of the same name", async () => {
    await fill({ files: ["latents.safetensors"] });
    await fill({ files: ["latents.safetensors"], made: { seed: 1 } });
    await expect(fill({ files: ["a.png"], made: { seed: 1 } })).rejects.toThrow(
      "it holds latents.safetensors of an earlier",
    );
  });

  it.each([
    ["an image", "holiday.JPG", "it holds holiday.JPG, which 'bench sample' did not write; choose another --output"],
    ["a folder", "roses/1.png", "it holds roses/, which"],
    ["a file with the name of an output", "latents.safetensors", "it holds latents.safetensors, which"],
  ])("refuses %s that it did not write, also with overwrite", async (_, name, message) => {
    const files = ["a.png", "latents.safetensors"];
    for (const before of [async () => {}, () => fill({ files: ["a.png"] })]) {
      rmSync(folder, { recursive: true, force: true });
      await before();
      put(name);
      for (const overwrite of [false, true])
        await expect(claimFolder(task({ files, overwrite }))).rejects.toThrow(message);
      expect(readFileSync(join(folder, name), "utf8")).toBe(name);
    }
  });

  it("accepts its own subfolders, and refuses other images in them", async () => {
    const files = ["rose/1.png", "rose/deep/2.png"];
    await fill({ command: "vae decode", files });
    await fill({ command: "vae decode", files });
    await expect(claimFolder(task())).rejects.toThrow("it holds rose/, which 'bench sample' did not write");
    put("rose/mine.png");
    await expect(claimFolder(task({ command: "vae decode", files, overwrite: true }))).rejects.toThrow("rose/mine.png");
    rmSync(join(folder, "rose/mine.png"));
    await fill({ command: "vae decode", files: ["x.png"], overwrite: true, made: {} });
    expect(readdirSync(folder).sort()).toEqual([".bench-vae-decode.json", "x.png"]);
  });

  it("keeps a file beside the folder that it did not write, unless overwrite is set", async () => {
    const beside = [`${folder}-sheet.png`];
    writeFileSync(beside[0]!, "mine");
    await expect(claimFolder(task({ beside }))).rejects.toThrow("s-sheet.png exists already");
    await fill({ beside, overwrite: true });
    writeFileSync(beside[0]!, "its own");
    await fill({ beside });
  });

  it("ignores a damaged manifest, and files outside the folder in a manifest", async () => {
    put("a.png");
    writeFileSync(join(place, "outside.png"), "mine");
    symlinkSync(join(place, "outside.png"), join(folder, "link.png"));
    const forged = { version: 1, command: "bench sample", made: {}, beside: [] };
    for (const files of [
      ["../outside.png", "a.png"],
      [join(place, "outside.png"), "a.png"],
      ["link.png", "a.png"],
    ]) {
      writeFileSync(join(folder, ".bench-sample.json"), JSON.stringify({ ...forged, files }));
      await claimFolder(task({ overwrite: true })).catch(() => {});
      expect(existsSync(join(place, "outside.png"))).toBe(true);
      put("a.png");
    }
    writeFileSync(join(folder, ".bench-sample.json"), "{");
    await expect(claimFolder(task({ overwrite: true }))).rejects.toThrow("did not write");
  });
});
