// Tests of makeFolders, including cases in which Node's recursive mkdir would never return.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { makeFolders } from "./index.ts";

it("makeFolders makes a folder with its parents and accepts an existing one", () => {
  const place = mkdtempSync(join(tmpdir(), "dit-bench-folders-"));
  makeFolders(join(place, "a", "b"));
  makeFolders(join(place, "a", "b"));
  expect(statSync(join(place, "a", "b")).isDirectory()).toBe(true);
  rmSync(place, { recursive: true });
});

/** Runs `makeFolders(path)` in another process, with a time limit. @param setUp code that runs before it */
function runMakeFolders(path: string, setUp = "") {
  const source = fileURLToPath(new URL("../dist/make-folders.js", import.meta.url));
  const script = `const { makeFolders } = await import(${JSON.stringify(pathToFileURL(source).href)});
    ${setUp}
    try { makeFolders(${JSON.stringify(path)}); } catch (error) { console.log(error.code); }`;
  const { stdout, signal } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    timeout: 20_000,
    encoding: "utf8",
  });
  return { output: stdout.trim(), signal };
}

it.skipIf(process.platform === "win32")(
  "makeFolders returns for a relative path below a deleted current folder",
  () => {
    const deletedFolder = join(mkdtempSync(join(tmpdir(), "dit-bench-gone-")), "here");
    const setUp = `const fs = await import("node:fs"); const gone = ${JSON.stringify(deletedFolder)};
    fs.mkdirSync(gone); process.chdir(gone); process.cwd(); fs.rmdirSync(gone);`;
    expect(runMakeFolders("a/b", setUp)).toEqual({ output: "", signal: null });
    expect(existsSync(join(deletedFolder, "a", "b"))).toBe(true); // made again at the path of the former current folder
    rmSync(join(deletedFolder, ".."), { recursive: true });
  },
);

it.skipIf(!existsSync("/proc/self"))("makeFolders throws an error if the folder cannot be made", () => {
  expect(runMakeFolders("/proc/nowhere/a")).toEqual({ output: "ENOENT", signal: null });
});

it("makeFolders throws an error if the path is that of a file or below a file", () => {
  const place = mkdtempSync(join(tmpdir(), "dit-bench-folders-"));
  writeFileSync(join(place, "file"), "");
  expect(() => makeFolders(join(place, "file"))).toThrow(/EEXIST/);
  expect(() => makeFolders(join(place, "file", "a"))).toThrow(/ENOTDIR/);
  rmSync(place, { recursive: true });
});

it("no source file except make-folders.ts calls mkdir", () => {
  const packages = fileURLToPath(new URL("../..", import.meta.url));
  const offenders = readdirSync(packages, { recursive: true, encoding: "utf8" })
    .filter((file) => /^[^/]+(\/[^/]+)?\/src\/.*\.ts$/.test(file.replaceAll("\\", "/")))
    .filter((file) => !/\.test\.|\/testing\/|make-folders|node_modules/.test(file))
    .filter(
      (file) => existsSync(join(packages, file)) && /\bmkdir(Sync)?\(/.test(readFileSync(join(packages, file), "utf8")),
    );
  expect(offenders).toEqual([]);
});
