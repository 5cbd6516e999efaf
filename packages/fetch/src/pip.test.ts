// Downloads with programs that stand in for pip: shell scripts in a folder that is the whole PATH.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { pipCommand, pipDownload } from "./pip.ts";

const place = mkdtempSync(join(tmpdir(), "pip-"));
afterAll(() => rmSync(place, { recursive: true }));
const request = { package: "some-provider", version: "1.8.1", pipPlatform: "manylinux_2_28_x86_64" };

let programs: string;
let folder: string;
let number = 0;
beforeEach(() => {
  programs = join(place, String(number), "programs");
  folder = join(place, String(number++), "work");
  mkdirSync(programs, { recursive: true });
});

/** Writes a program that answers `--version` like pip, and for a download runs `script` with the folder "$target". */
function writePip(name: string, script: string, version = "pip 23.2.1 from somewhere"): void {
  const path = join(programs, name);
  const target = 'for argument in "$@"; do target="$argument"; done'; // the folder is the last argument
  const lines = ["#!/bin/sh", `case "$*" in *--version) echo "${version}"; exit 0;; esac`, target, script];
  writeFileSync(path, `${lines.join("\n")}\n`);
  chmodSync(path, 0o755);
}
const go = (options: Parameters<typeof pipDownload>[2] = {}) =>
  pipDownload(request, folder, { ...options, env: { PATH: programs } });

describe("pipDownload", () => {
  it("returns the wheel that pip leaves, and asks for exactly one version and platform", async () => {
    writePip("python3", 'echo "$@" > "$target/arguments"; echo wheel > "$target/some_provider-1.8.1-py3-none-any.whl"');
    const notes: string[] = [];
    const path = await go({ onNote: (text) => notes.push(text) });
    expect(path).toBe(join(folder, "some_provider-1.8.1-py3-none-any.whl"));
    expect(readFileSync(path, "utf8")).toBe("wheel\n");
    const args = readFileSync(join(folder, "arguments"), "utf8").trim();
    expect(args).toBe(
      "-m pip download --no-deps --only-binary=:all: --disable-pip-version-check --python-version 3.12 " +
        `--platform manylinux_2_28_x86_64 some-provider==1.8.1 --no-input --progress-bar off -d ${folder}`,
    );
    expect(notes).toEqual([`python3 ${args}`]);
    expect(args).toContain(pipCommand(request).slice("pip ".length));
  });

  it("removes what an interrupted call left, before it starts pip", async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "left.whl"), "old");
    writePip("python3", 'echo wheel > "$target/new.whl"');
    expect(await go()).toBe(join(folder, "new.whl"));
    expect(existsSync(join(folder, "left.whl"))).toBe(false);
  });

  it.each(["pip 18.1 from somewhere", "pip 19.1.1 from somewhere", "something else", ""])(
    "does not use a pip that reports %j",
    async (version) => {
      writePip("python3", 'echo wheel > "$target/a.whl"', version);
      await expect(go()).rejects.toThrow("no pip 19.2 or later is installed");
    },
  );

  it.each(["pip 19.2", "pip 19.3.1 from somewhere", "a warning\npip 25.0"])(
    "uses a pip that reports %j",
    async (version) => {
      writePip("python3", 'echo wheel > "$target/a.whl"', version);
      expect(await go()).toBe(join(folder, "a.whl"));
    },
  );

  it("takes the first of python3, python, pip3 and pip that works", async () => {
    writePip("python3", "exit 1", "Python without that module");
    writeFileSync(join(programs, "python"), "not a program"); // without permission to run it
    writePip("pip3", 'echo wheel > "$target/by-pip3.whl"');
    writePip("pip", 'echo wheel > "$target/by-pip.whl"');
    expect(await go()).toBe(join(folder, "by-pip3.whl"));
  });

  it("reports that no pip is installed, with the names that were tried", async () => {
    await expect(go()).rejects.toMatchObject({
      name: "FetchError",
      kind: "pip",
      message:
        "no pip 19.2 or later is installed: none of 'python3 -m pip', 'python -m pip', 'pip3', 'pip' works; install it",
    });
  });

  it("quotes the last lines of a pip that fails", async () => {
    writePip("pip", 'echo "Looking in links"; echo "one" >&2; echo >&2; echo "two" >&2; echo "three" >&2; exit 7');
    await expect(go()).rejects.toMatchObject({
      kind: "pip",
      message: "'pip download' failed with exit code 7: one / two / three",
    });
  });

  it.each([
    ["ends without output", "exit 1", "failed with exit code 1 without output"],
    ["is killed", "kill -9 $$", "was ended by SIGKILL without output"],
    ["leaves no wheel", 'echo "Saved it elsewhere"', "left no wheel: Saved it elsewhere"],
  ])("reports a pip that %s", async (_, script, end) => {
    writePip("python", script);
    await expect(go()).rejects.toMatchObject({ kind: "pip", message: `'python -m pip download' ${end}` });
  });

  it("gives pip a temporary folder below its own, and reports the bytes written there", async () => {
    writePip("pip3", `echo 0123456789 > "$TMPDIR/part"; /bin/sleep 2; echo "$TMPDIR" > "$target/a.whl"`);
    const sizes: number[] = [];
    const path = await go({ onProgress: (bytes) => sizes.push(bytes) });
    expect(readFileSync(path, "utf8")).toBe(`${join(folder, "temporary")}\n`);
    expect(sizes).toContain(11);
  });

  it("stops pip when the signal aborts", async () => {
    writePip("pip3", `/bin/mkdir "${join(place, "process-")}$$"; exec /bin/sleep 60`);
    const abort = new AbortController();
    const running = go({ signal: abort.signal });
    const processId = () => /process-(\d+)/.exec(readdirSync(place).join(" "))?.[1];
    while (processId() === undefined) await new Promise((done) => setTimeout(done, 20));
    abort.abort();
    await expect(running).rejects.toMatchObject({ name: "FetchError", kind: "interrupted" });
    expect(() => process.kill(Number(processId()), 0)).toThrow("ESRCH");
    expect(readdirSync(folder)).toEqual(["temporary"]);
  });

  it("counts as interrupted if pip notices ctrl-C first", async () => {
    writePip("pip3", "echo 'ERROR: Operation cancelled by user'; exit 1");
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 100);
    await expect(go({ signal: abort.signal })).rejects.toMatchObject({ kind: "interrupted" });
  });

  it("starts nothing if the signal aborted before", async () => {
    writePip("python3", 'echo wheel > "$target/a.whl"');
    await expect(go({ signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: "interrupted" });
    expect(existsSync(join(folder, "a.whl"))).toBe(false);
  });
});
