// Tests how folders of images are listed and loaded: layouts, unreadable files, errors, the fingerprint.

import { createHash } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { preprocessingId } from "@dit-bench/images";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DataError } from "../data-error.ts";
import { listAllImages } from "./image-listing.ts";
import { loadFolder } from "./load-folder.ts";

const root = mkdtempSync(join(tmpdir(), "dit-bench-datasets-"));
const colours: Record<string, Buffer> = {};
beforeAll(async () => {
  for (const background of ["red", "lime", "blue", "black"])
    colours[background] = await sharp({ create: { width: 40, height: 20, channels: 3, background } })
      .png()
      .toBuffer();
});
afterAll(() => rmSync(root, { recursive: true }));

/**
 * Makes a folder with these files. The name of a colour stands for an image of it, 40 × 20 pixels; another text is the
 * content of a text file.
 */
function makeFolder(name: string, files: Record<string, string | Uint8Array>): string {
  const path = join(root, name);
  mkdirSync(path);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), (typeof content === "string" && colours[content]) || content);
  }
  return path;
}

describe("loadFolder", () => {
  test("loads classes and files in byte order, with matching pixels and labels", async () => {
    const path = makeFolder("plain", { "b/2.png": "blue", "b/10.png": "lime", "B/1.PNG": "red", "é/1.png": "black" });
    const set = await loadFolder(path, { size: 8 });
    expect(set).toMatchObject({ name: "plain", size: 8, classes: ["B", "b", "é"], skipped: [] });
    expect(set.files).toEqual(["B/1.PNG", "b/10.png", "b/2.png", "é/1.png"]);
    expect([...set.labels]).toEqual([0, 1, 1, 2]);
    const firstPixels = [0, 1, 2, 3].map((i) => [...set.pixels.subarray(i * 8 * 8 * 3, i * 8 * 8 * 3 + 3)]);
    expect(firstPixels).toEqual([
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [0, 0, 0],
    ]);
    expect(set.pixels.length).toBe(4 * 8 * 8 * 3);
  });

  test("takes the topmost of nested folders as the class", async () => {
    const path = makeFolder("nested", { "rose/1.png": "red", "rose/white/deep/1.png": "lime", "tulip/1.png": "blue" });
    expect((await loadFolder(path, { size: 8 })).files).toEqual(["rose/1.png", "rose/white/deep/1.png", "tulip/1.png"]);
  });

  test("follows links, and skips cyclic and broken ones", async () => {
    const path = makeFolder("links", { "a/1.png": "red", "b/1.png": "blue" });
    linkSync(join(path, "a/1.png"), join(path, "a/2.png"));
    symlinkSync("1.png", join(path, "a/3.png"));
    symlinkSync("nowhere.png", join(path, "a/4.png"));
    symlinkSync("..", join(path, "a/circle"));
    symlinkSync(join(path, "b"), join(path, "c"));
    const set = await loadFolder(path, { size: 8 });
    expect(set.files).toEqual(["a/1.png", "a/2.png", "a/3.png", "b/1.png", "c/1.png"]);
    expect(set.skipped).toEqual([
      { file: "a/4.png", reason: "a broken link" },
      { file: "a/circle", reason: "a link to a folder that contains it", harmless: true },
    ]);
  });

  test("accepts one class folder, or a folder of images as one class of that name", async () => {
    const single = await loadFolder(makeFolder("single", { "rose/1.png": "red", "stray.png": "blue" }), { size: 8 });
    expect(single).toMatchObject({ classes: ["rose"], files: ["rose/1.png"] });
    expect(single.skipped).toEqual([{ file: "stray.png", reason: "not in a class folder" }]);
    const flat = await loadFolder(makeFolder("flat", { "b.png": "red", "a.png": "blue", "notes.txt": "" }), {
      size: 8,
    });
    expect(flat).toMatchObject({ name: "flat", classes: ["flat"], files: ["a.png", "b.png"], skipped: [] });
    expect([...flat.labels]).toEqual([0, 0]);
    const photos = makeFolder("photos", {
      "a.jpg": "red",
      "b.jpg": "lime",
      "originals/a.cr2": "x",
      "originals/b.cr2": "x",
    });
    expect(await loadFolder(photos, { size: 8 })).toMatchObject({ classes: ["photos"], files: ["a.jpg", "b.jpg"] });
  });

  test("does not take a few images beside unreadable class folders for a class", async () => {
    const raw = makeFolder("raw", { "cover.jpg": "red", "rose/1.cr2": "x", "rose/2.cr2": "x", "tulip/1.cr2": "x" });
    await expect(loadFolder(raw, { size: 8 })).rejects.toThrow(
      /raw" holds 1 image and folders with 3 images that cannot be read \(rose\/1\.cr2: RAW.*move the readable ones/,
    );
  });

  test("sorts classes in natural order, and computes the fingerprint in that order", async () => {
    const names = ["10", "9", "1", "2", "a10", "a9", "B", "01"];
    const path = makeFolder("numbers", Object.fromEntries(names.map((name) => [`${name}/1.png`, "red"])));
    const set = await loadFolder(path, { size: 8 });
    expect(set.classes).toEqual(["01", "1", "2", "9", "10", "B", "a9", "a10"]);
    expect(set.files).toEqual(set.classes.map((name) => `${name}/1.png`));
    const hash = createHash("sha256").update(`${preprocessingId} 8\n`);
    const sha256 = createHash("sha256").update(colours.red!).digest("hex");
    for (const file of set.files) hash.update(`${sha256} ${JSON.stringify(file)}\n`);
    expect(set.fingerprint).toBe(hash.digest("hex"));
  });

  test("ignores folders and files that operating systems create", async () => {
    const names = ["lost+found", "System Volume Information", "$RECYCLE.BIN", "@eaDir", "#recycle", ".Trash-1000"];
    const moreNames = ["__MACOSX", ".ipynb_checkpoints", ".thumbnails", "found.000", "LOST.DIR"];
    const files = Object.fromEntries(
      [...names, ...moreNames].flatMap((name) => [
        [`${name}/1.png`, "red"],
        [`a/${name}/1.png`, "red"],
      ]),
    );
    const path = makeFolder("systems", {
      ...files,
      "a/1.png": "red",
      "b/1.png": "red",
      "b/Thumbs.db": "x",
      "desktop.ini": "x",
    });
    const set = await loadFolder(path, { size: 8, strict: true });
    expect(set).toMatchObject({ files: ["a/1.png", "b/1.png"], skipped: [] });
  });

  test.runIf(process.platform === "linux")(
    "escapes names that are not UTF-8 or contain control characters",
    async () => {
      const path = makeFolder("bytes", { "tulip/1.png": "red" });
      const bytePath = (...bytes: (string | number)[]) =>
        Buffer.concat([
          Buffer.from(`${path}/`),
          ...bytes.map((b) => (typeof b === "number" ? Buffer.from([b]) : Buffer.from(b))),
        ]);
      mkdirSync(bytePath("r", 0xf6, "se"));
      writeFileSync(bytePath("r", 0xf6, "se/caf", 0xe9, ".png"), colours.lime!);
      mkdirSync(bytePath("esc\x1b[31m"));
      writeFileSync(bytePath("esc\x1b[31m/\n.png"), colours.blue!);
      mkdirSync(bytePath("r\\xf6se"));
      writeFileSync(bytePath("r\\xf6se/1.png"), colours.black!);
      const set = await loadFolder(path, { size: 8 });
      expect(set.classes).toEqual(["esc\\x1b[31m", "r\\x5cxf6se", "r\\xf6se", "tulip"]);
      expect(set.files).toContain("r\\xf6se/caf\\xe9.png");
      expect(set.files).toContain("esc\\x1b[31m/\\x0a.png");
      expect(set.skipped).toEqual([]);
      expect([...set.pixels.subarray(0, 3)]).toEqual([0, 0, 255]);
      expect(listAllImages(path).files.length).toBe(4);
    },
  );

  test("skips links that cannot be resolved", async () => {
    const path = makeFolder("unreadable", { "a/1.png": "red", "b/1.png": "red" });
    symlinkSync("loop", join(path, "loop"));
    symlinkSync("b.png", join(path, "a/b.png"));
    symlinkSync("nowhere", join(path, "a/readme.txt"));
    const set = await loadFolder(path, { size: 8 });
    expect(set.files).toEqual(["a/1.png", "b/1.png"]);
    expect(set.skipped).toEqual([
      { file: "a/b.png", reason: "cannot be read (ELOOP)" },
      { file: "a/readme.txt", reason: "a broken link", harmless: true },
      { file: "loop", reason: "cannot be read (ELOOP)" },
    ]);
    expect((await failure(path, { strict: true })).message).toContain("2 of the files");
  });

  test.runIf(process.platform !== "win32" && process.getuid?.() !== 0)(
    "skips a folder without read permission",
    async () => {
      const path = makeFolder("forbidden", { "a/1.png": "red", "b/1.png": "red", "c/1.png": "red" });
      chmodSync(join(path, "c"), 0);
      const set = await loadFolder(path, { size: 8 });
      expect(set.skipped).toEqual([{ file: "c", reason: "cannot be read (EACCES)" }]);
      chmodSync(join(path, "c"), 0o700);
    },
  );

  test("accepts an empty folder and a link to a parent folder when strict", async () => {
    const path = makeFolder("harmless", { "a/1.png": "red", "b/1.png": "red", "empty/notes.txt": "" });
    symlinkSync("..", join(path, "a/up"));
    const set = await loadFolder(path, { size: 8, strict: true });
    expect(set.skipped.map(({ file, harmless }) => [file, harmless])).toEqual([
      ["a/up", true],
      ["empty", true],
    ]);
  });

  test("ignores hidden files and files that are not images", async () => {
    const path = makeFolder("others", {
      "a/1.png": "red",
      "a/._1.png": "not an image",
      "a/labels.txt": "1",
      ".cache/1.png": "red",
      "__MACOSX/1.png": "red",
      "b/1.png": "blue",
      "readme.md": "# hello",
    });
    const set = await loadFolder(path, { size: 8, strict: true });
    expect(set.files).toEqual(["a/1.png", "b/1.png"]);
    expect(set.skipped).toEqual([]);
  });

  test("loads the first usable images of each class up to perClass", async () => {
    const files = Object.fromEntries(
      ["a", "b"].flatMap((c) => [1, 2, 3, 4].map((i) => [`${c}/${i}.png`, c === "a" && i === 1 ? "broken" : "red"])),
    );
    const steps: string[] = [];
    const set = await loadFolder(makeFolder("few", files), {
      size: 8,
      perClass: 2,
      onProgress: (done, total) => steps.push(`${done}/${total}`),
    });
    expect(set.files).toEqual(["a/2.png", "a/3.png", "b/1.png", "b/2.png"]);
    expect(set.skipped.map(({ file }) => file)).toEqual(["a/1.png"]);
    expect(steps).toEqual(["1/4", "2/4", "3/4", "4/4", "5/5"]);
  });
});

describe("loadFolder with unusable files", () => {
  const unusableFiles = async () => ({
    "a/good.png": "red",
    "a/empty.png": "",
    "a/page.jpg": "<html>404</html>",
    "a/short.png": (colours.red as Buffer).subarray(0, 60),
    "a/tiny.png": await sharp({ create: { width: 1, height: 1, channels: 3, background: "red" } })
      .png()
      .toBuffer(),
    "a/scan.jxl": "x",
    "a/phone.heic": "\0\0\0\x18ftypheic\0\0\0\0",
    "b/good.png": "blue",
    "none/labels.txt": "",
    "stray.png": "red",
    "hopeless/1.png": "broken",
  });

  test("skips each unusable file with its reason, and classes without usable images", async () => {
    const set = await loadFolder(makeFolder("bad", await unusableFiles()), { size: 8 });
    expect(set.files).toEqual(["a/good.png", "b/good.png"]);
    expect(set.classes).toEqual(["a", "b"]);
    expect(Object.fromEntries(set.skipped.map(({ file, reason }) => [file, reason]))).toEqual({
      "a/empty.png": "empty file",
      "a/page.jpg": "a web page, not an image: download it again",
      "a/phone.heic": "HEIC image, which cannot be read here: convert it to PNG or JPEG first",
      "a/scan.jxl": "JPEG XL image, which cannot be read here: convert it to PNG or JPEG first",
      "a/short.png": expect.stringContaining("damaged PNG: "),
      "a/tiny.png": "1×1 pixels: the shorter side must have at least 8",
      "hopeless/1.png": expect.stringContaining("its content is none of JPEG, PNG"),
      none: "no images in this folder",
      "stray.png": "not in a class folder",
    });
  });

  test("throws an error that names the unusable files when strict", async () => {
    const path = makeFolder("strict", { "a/1.png": "red", "a/2.png": "broken", "b/1.png": "" });
    const error = await failure(path, { strict: true });
    expect(error.code).toBe("unreadable-images");
    expect(error.message).toContain(`2 of the files in "${path}" cannot be used: a/2.png (its content is none of`);
    expect(error.message).toContain("b/1.png (empty file)");
  });
});

describe("loadFolder with a wrong layout", () => {
  test.each<[string, Record<string, string>, string, RegExp]>([
    ["an empty folder", {}, "no-images", /no images in .* one folder per class/],
    ["a folder without images", { "a/1.txt": "", "b/1.csv": "" }, "no-images", /no images in/],
    ["a folder with unreadable formats only", { "a/1.nef": "" }, "no-images", /left out a\/1\.nef: RAW image/],
    [
      "a folder that contains the folder of class folders",
      { "images/a/1.png": "red", "images/b/1.png": "red" },
      "one-class",
      /did you mean ".*images"\?/,
    ],
    [
      "a folder of splits",
      { "train/a/1.png": "red", "test/a/1.png": "red" },
      "splits",
      /splits \(test, train\), not classes: give one of them, such as ".*test"/,
    ],
    [
      "a folder of splits without classes",
      { "train/1.png": "red", "val/1.png": "red" },
      "splits",
      /splits \(train, val\), not classes/,
    ],
    [
      "a folder with more images beside its one class folder than in it",
      { "1.png": "red", "2.png": "red", "edited/1.png": "red" },
      "one-class",
      /holds 2 images and one folder with images, "edited" \(1\); move the images into a folder per class/,
    ],
    [
      "a folder of two classes without a readable image",
      { "a/1.png": "x", "b/1.png": "y" },
      "unreadable-images",
      /none of the images .* a\/1\.png \(its content/,
    ],
    [
      "a folder of two classes with readable images of one",
      { "a/1.png": "red", "b/1.png": "y" },
      "unreadable-images",
      /only images of the class "a"/,
    ],
  ])("refuses %s", async (name, files, code, message) => {
    const error = await failure(makeFolder(name, files));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  test("refuses a missing folder, and a path of a file", async () => {
    expect(await failure(join(root, "nowhere"))).toMatchObject({
      code: "missing-folder",
      message: expect.stringContaining('nowhere" does not exist'),
    });
    const path = makeFolder("file", { "a.png": "red" });
    expect((await failure(join(path, "a.png"))).code).toBe("not-a-folder");
  });

  test("refuses more images than fit in memory", async () => {
    const path = makeFolder("large", { "a/1.png": "red", "b/1.png": "red" });
    expect(await failure(path, { size: 20_000 })).toMatchObject({
      code: "too-large",
      message: expect.stringContaining("take 2.4 GB: at most 2 GB"),
    });
  });
});

describe("the fingerprint of a folder", () => {
  test("changes with content, name and choice of the files and with the image size, not with the folder", async () => {
    const files = { "a/1.png": "red", "a/2.png": "lime", "b/1.png": "blue" };
    const fingerprintOf = async (name: string, changed: Record<string, string> = {}, options = {}) =>
      (await loadFolder(makeFolder(name, { ...files, ...changed }), { size: 8, ...options })).fingerprint;
    const first = await fingerprintOf("print-1");
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await fingerprintOf("print-2", { "a/notes.txt": "ignored" })).toBe(first);
    const moreNames = [
      await fingerprintOf("print-3", { "b/1.png": "black" }),
      await fingerprintOf("print-4", { "b/2.png": "blue" }),
      await fingerprintOf("print-5", {}, { size: 9 }),
      await fingerprintOf("print-6", {}, { perClass: 1 }),
    ];
    expect(new Set([first, ...moreNames]).size).toBe(5);
  });
});

async function failure(path: string, options = {}): Promise<DataError> {
  const error = await loadFolder(path, { size: 8, ...options }).then(
    () => expect.fail("loadFolder did not throw"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return error as DataError;
}

describe("listAllImages", () => {
  test("lists images in byte order, also in subfolders, and the skipped files", () => {
    const path = makeFolder("images", {
      "b.png": "red",
      "B.jpg": "red",
      "a/1.png": "red",
      "c.psd": "x",
      ".d.png": "red",
    });
    expect(listAllImages(path)).toEqual({
      files: ["B.jpg", "a/1.png", "b.png"],
      skipped: [{ file: "c.psd", reason: expect.stringContaining("Photoshop document, which cannot be read here") }],
    });
  });

  test("refuses a missing folder, and one without images", () => {
    expect(() => listAllImages(join(root, "nowhere"))).toThrow("does not exist: expected a folder of JPEG");
    expect(() => listAllImages(makeFolder("no images", { "a.txt": "x" }))).toThrow("no images in");
  });
});
