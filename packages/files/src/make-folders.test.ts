import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
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

it.skipIf(process.platform === "win32")("a relative folder ends, too, when the current folder was deleted", () => {
  const source = fileURLToPath(new URL("make-folders.ts", import.meta.url));
  const body = readFileSync(source, "utf8")
    .match(/mkdirSync\(.*\);/)![0]
    .replace("path", '"a/b"');
  const script = `
    const { mkdirSync, mkdtempSync, rmdirSync } = require("node:fs");
    const { resolve } = require("node:path");
    const place = mkdtempSync(${JSON.stringify(join(tmpdir(), "dit-bench-gone-"))});
    process.chdir(place);
    process.cwd();
    rmdirSync(place);
    try { ${body} } finally { require("node:fs").rmSync(place, { recursive: true, force: true }); }`;
  const { status, signal } = spawnSync(process.execPath, ["-e", script], { timeout: 20_000 });
  expect({ status, signal }).toEqual({ status: 0, signal: null });
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
