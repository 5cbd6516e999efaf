import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { makeFolders } from "./index.ts";

it("a folder is made with those above it, and may exist", () => {
  const place = mkdtempSync(join(tmpdir(), "dit-bench-folders-"));
  makeFolders(join(place, "a", "b"));
  makeFolders(join(place, "a", "b"));
  expect(statSync(join(place, "a", "b")).isDirectory()).toBe(true);
  rmSync(place, { recursive: true });
});

/** Runs `makeFolders(path)` in a process of its own, which may be stopped. @param setUp code before it */
function inProcess(path: string, setUp = "") {
  const source = fileURLToPath(new URL("../dist/make-folders.js", import.meta.url));
  const script = `const { makeFolders } = await import(${JSON.stringify(pathToFileURL(source).href)});
    ${setUp}
    try { makeFolders(${JSON.stringify(path)}); } catch (error) { console.log(error.code); }`;
  const { stdout, signal } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    timeout: 20_000,
    encoding: "utf8",
  });
  return { said: stdout.trim(), signal };
}

it.skipIf(process.platform === "win32")("a relative folder ends, too, when the current folder was deleted", () => {
  const gone = join(mkdtempSync(join(tmpdir(), "dit-bench-gone-")), "here");
  const setUp = `const fs = await import("node:fs"); const gone = ${JSON.stringify(gone)};
    fs.mkdirSync(gone); process.chdir(gone); process.cwd(); fs.rmdirSync(gone);`;
  expect(inProcess("a/b", setUp)).toEqual({ said: "", signal: null });
  expect(existsSync(join(gone, "a", "b"))).toBe(true); // made again at the path that the current folder had
  rmSync(join(gone, ".."), { recursive: true });
});

it.skipIf(!existsSync("/proc/self"))("a place that takes no folders is an error, and ends", () => {
  expect(inProcess("/proc/nowhere/a")).toEqual({ said: "ENOENT", signal: null });
});

it("a file in the way is an error", () => {
  const place = mkdtempSync(join(tmpdir(), "dit-bench-folders-"));
  writeFileSync(join(place, "file"), "");
  expect(() => makeFolders(join(place, "file"))).toThrow(/EEXIST/);
  expect(() => makeFolders(join(place, "file", "a"))).toThrow(/ENOTDIR/);
  rmSync(place, { recursive: true });
});

it("no other source makes folders with those above them", () => {
  const packages = fileURLToPath(new URL("../..", import.meta.url));
  const others = readdirSync(packages, { recursive: true, encoding: "utf8" })
    .filter((file) => /^[^/]+(\/[^/]+)?\/src\/.*\.ts$/.test(file.replaceAll("\\", "/")))
    .filter((file) => !/\.test\.|\/testing\/|make-folders|node_modules/.test(file))
    .filter(
      (file) => existsSync(join(packages, file)) && /\bmkdir(Sync)?\(/.test(readFileSync(join(packages, file), "utf8")),
    );
  expect(others).toEqual([]);
});
