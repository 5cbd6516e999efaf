import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { makeFolders } from "./index.ts";

it("a folder is made with those above it, and may exist", () => {
  const place = mkdtempSync(join(tmpdir(), "dit-bench-folders-"));
  makeFolders(join(place, "a", "b"));
  makeFolders(join(place, "a", "b"));
  expect(statSync(join(place, "a", "b")).isDirectory()).toBe(true);
  rmSync(place, { recursive: true });
});

it("a file in the place of a folder, or of one above it, is the system's error", () => {
  const place = mkdtempSync(join(tmpdir(), "dit-bench-folders-"));
  writeFileSync(join(place, "file"), "");
  expect(() => makeFolders(join(place, "file"))).toThrow(expect.objectContaining({ code: "EEXIST" }));
  expect(() => makeFolders(join(place, "file", "a", "b"))).toThrow(expect.objectContaining({ code: "ENOTDIR" }));
  rmSync(place, { recursive: true });
});

// The built function in a process of its own, since the fault was a call that never returns.
const inChild = (script: string) => {
  const built = new URL("../dist/make-folders.js", import.meta.url);
  const start = `import { makeFolders } from ${JSON.stringify(built)}; import { rmdirSync, rmSync } from "node:fs";`;
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", `${start}\n${script}`], {
    timeout: 20_000,
    encoding: "utf8",
  });
  return { status, stderr };
};

it.skipIf(process.platform === "win32")("a relative folder ends, too, when the current folder was deleted", () => {
  const place = mkdtempSync(join(tmpdir(), "dit-bench-gone-"));
  const { status, stderr } = inChild(`
    const place = ${JSON.stringify(place)};
    process.chdir(place);
    process.cwd();
    rmdirSync(place);
    makeFolders("a/b");
    rmSync(place, { recursive: true });`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

it.skipIf(!existsSync("/proc/self"))("a folder that the system does not make is an error", () => {
  const { status, stderr } = inChild('makeFolders("/proc/nowhere/a");');
  expect(stderr).toMatch(/(ENOENT|EACCES).*mkdir '\/proc\/nowhere'/);
  expect(status).toBe(1);
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
