// Fetches a small made-up wheel, from a file and with programs that stand in for pip, without a network.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findOpenvino, thisPlatform } from "@dit-bench/compiler";
import { makeZip, type ZipEntry } from "@dit-bench/fetch/testing";
import { tryLock } from "@dit-bench/files";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import {
  type EngineFetchable,
  engineOf,
  sha256,
  validWheel,
  wheelEntries,
  wheelFile,
  wheelLibrary,
} from "./engine.test.data.ts";
import { type FetchOptions, fetchOne, planFetch } from "./fetch.ts";
import { locateThis } from "./locate.ts";

const place = mkdtempSync(join(tmpdir(), "fetch-engine-"));
afterAll(() => rmSync(place, { recursive: true }));

let home: string;
let programs: string;
let env: Record<string, string>;
let number = 0;
beforeEach(() => {
  const own = join(place, String(number++));
  home = join(own, "home");
  programs = join(own, "programs");
  mkdirSync(programs, { recursive: true });
  env = { DIT_BENCH_HOME: home, PATH: programs };
});
const folder = () => join(home, "engines/openvino-1.8.1");
const engine = engineOf(validWheel);

/** Writes the wheel to a file of the user's. */
function given(bytes: Uint8Array = validWheel): string {
  const path = join(home, "../given.whl");
  writeFileSync(path, bytes);
  return path;
}
/** Makes a pip that delivers these bytes and counts its downloads. */
function writePip(bytes: Uint8Array = validWheel): void {
  const wheel = join(programs, "wheel");
  writeFileSync(wheel, bytes);
  writeScript(`echo run >> "${programs}/runs"; /bin/cp "${wheel}" "$target/${wheelFile}"`);
}
function writeScript(script: string): void {
  const target = 'for argument in "$@"; do target="$argument"; done'; // the folder is the last argument
  const lines = ["#!/bin/sh", 'case "$*" in *--version) echo "pip 23.2.1"; exit 0;; esac', target, script];
  writeFileSync(join(programs, "python3"), `${lines.join("\n")}\n`);
  chmodSync(join(programs, "python3"), 0o755);
}
const pipRuns = () => readFileSync(join(programs, "runs"), "utf8").split("\n").length - 1;
const go = (what: EngineFetchable = engine, options: FetchOptions = {}) => fetchOne(what, { ...options, env });
/** Every file below the home folder, without the notes of checked files. */
const filesAtHome = () =>
  (existsSync(home) ? readdirSync(home, { recursive: true, encoding: "utf8" }) : [])
    .filter((file) => statSync(join(home, file)).isFile() && !file.endsWith(".checked"))
    .sort();
const fetchedFiles = [
  "engines/openvino-1.8.1/manifest.json",
  "engines/openvino-1.8.1/some_provider-1.8.1.dist-info/METADATA",
  "engines/openvino-1.8.1/some_provider/libother.so",
  "engines/openvino-1.8.1/some_provider/libprovider.so",
];

describe("fetchOne of an engine", () => {
  it("unpacks the needed files of a given wheel, writes the manifest, and does nothing the second time", async () => {
    const from = given();
    const result = { name: "some-engine", kind: "engine", path: folder(), already: false, surprises: [] };
    expect(await go(engine, { from })).toEqual(result);
    expect(filesAtHome()).toEqual(fetchedFiles);
    expect(JSON.parse(readFileSync(join(folder(), "manifest.json"), "utf8"))).toEqual({
      version: 1,
      package: "some-provider",
      packageVersion: "1.8.1",
      platform: thisPlatform(),
      wheelSha256: sha256(validWheel),
      files: [1, 2, 4].map((i) => {
        const { name, body } = wheelEntries[i]!;
        return { file: name, bytes: body!.length, sha256: sha256(body!) };
      }),
    });
    rmSync(from);
    const before = statSync(folder()).ino;
    expect(await go(engine, { from })).toEqual({ ...result, already: true });
    expect(statSync(folder()).ino).toBe(before);
  });

  it("leaves files that the engine finds, and that are already noted as checked", async () => {
    await go(engine, { from: given() });
    const library = join(folder(), wheelLibrary);
    expect(existsSync(join(dirname(library), ".libprovider.so.checked"))).toBe(true);
    expect(findOpenvino(env, engine.entry.table)).toEqual({ folder: folder(), library, version: "1.8.1" });
    expect(locateThis(engine, env)).toMatchObject({ kind: "engine", path: folder(), from: "fetched" });
  });

  it("downloads the wheel with pip, keeps it, and unpacks the kept one without pip", async () => {
    writePip();
    const notes: string[] = [];
    const stages: string[] = [];
    const listener = { note: (t: string) => notes.push(t), stage: (s: string, d?: string) => stages.push(`${s} ${d}`) };
    expect((await go(engine, { listener })).already).toBe(false);
    expect(notes[0]).toBe("Some engine: MIT");
    expect(notes[1]).toMatch(/^python3 -m pip download .*--platform any_machine some-provider==1\.8\.1 /);
    expect(stages).toEqual([`fetch ${wheelFile}, ${validWheel.length} bytes`, `unpack ${wheelFile}`]);
    expect(filesAtHome()).toEqual([`downloads/some-engine/${wheelFile}`, ...fetchedFiles]);
    rmSync(folder(), { recursive: true });
    rmSync(join(programs, "python3"));
    expect((await go()).already).toBe(false);
    expect(pipRuns()).toBe(1);
  });

  it("plans what it would fetch, without starting pip", async () => {
    const plan = { name: "some-engine", kind: "engine", here: false, path: folder(), bytesToFetch: validWheel.length };
    expect(await planFetch(engine, env)).toMatchObject({
      ...plan,
      diskNeeded: validWheel.length + 100,
      files: [{ file: wheelFile, bytes: validWheel.length, hereBytes: 0, gone: null }],
      command:
        "pip download --no-deps --only-binary=:all: --disable-pip-version-check --python-version 3.12 " +
        "--platform any_machine some-provider==1.8.1",
    });
    const from = given();
    expect(await planFetch(engine, env, from)).toMatchObject({ ...plan, bytesToFetch: 0, diskNeeded: 100 });
    await go(engine, { from });
    expect(await planFetch(engine, env)).toMatchObject({ here: true, bytesToFetch: 0, diskNeeded: 0 });
  });

  it("refuses a platform without a wheel, and plans nothing for it", async () => {
    const entry = {
      ...engine.entry,
      table: { ...engine.entry.table, wheels: { "a-b": engineOf(validWheel).entry.table.wheels[thisPlatform()]! } },
    };
    const message = `there is no wheel of some-provider 1.8.1 for ${thisPlatform()}, only for a-b`;
    await expect(go({ ...engine, entry })).rejects.toMatchObject({ name: "FetchError", kind: "not-found", message });
    expect(await planFetch({ ...engine, entry }, env)).toMatchObject({ here: false, unavailable: message, files: [] });
    expect(filesAtHome()).toEqual([]);
  });
});

describe("fetchOne of an engine that is here but damaged", () => {
  it.each<[string, (library: string) => void, string]>([
    ["truncated", (library) => truncateSync(library, 3), "has 3 bytes, wanted 12"],
    ["changed", (library) => writeFileSync(library, "the provideR"), "was changed: its SHA-256 is"],
    ["missing", (library) => rmSync(library), "is missing"],
  ])("replaces it if a file is %s", async (_, damage, problem) => {
    const from = given();
    await go(engine, { from });
    const library = join(folder(), wheelLibrary);
    damage(library);
    expect((await planFetch(engine, env)).misplaced).toContain(`${library} ${problem}`);
    const notes: string[] = [];
    expect((await go(engine, { from, listener: { note: (t) => notes.push(t) } })).already).toBe(false);
    expect(notes[1]).toContain(`${library} ${problem}`);
    expect(notes[1]).toContain("; it is fetched again");
    expect(readFileSync(library, "utf8")).toBe("the provider");
    expect(filesAtHome()).toEqual(fetchedFiles);
  });

  it("stays as it is if the new wheel is refused", async () => {
    await go(engine, { from: given() });
    rmSync(join(folder(), "some_provider/libother.so"));
    await expect(go(engine, { from: given(validWheel.subarray(0, 99)) })).rejects.toMatchObject({ kind: "wrong-size" });
    expect(filesAtHome()).toEqual(fetchedFiles.filter((file) => !file.endsWith("libother.so")));
  });
});

describe("fetchOne of an engine that cannot be fetched", () => {
  const command =
    "pip download --no-deps --only-binary=:all: --disable-pip-version-check --python-version 3.12 " +
    "--platform any_machine some-provider==1.8.1";
  const advice =
    `otherwise run '${command}' on another machine, and here ` + `'bench fetch some-engine --from ${wheelFile}'`;

  it("reports that there is no pip, with the command for another machine", async () => {
    await expect(go()).rejects.toMatchObject({
      kind: "pip",
      message:
        "no pip 19.2 or later is installed: none of 'python3 -m pip', 'python -m pip', 'pip3', 'pip' works; " +
        `install it; ${advice}`,
    });
    expect(filesAtHome()).toEqual([]);
  });

  it("quotes the last lines of a pip that fails", async () => {
    writeScript('echo "ERROR: No matching distribution found" >&2; exit 1');
    await expect(go()).rejects.toMatchObject({
      kind: "pip",
      message: `'python3 -m pip download' failed with exit code 1: ERROR: No matching distribution found; ${advice}`,
    });
    expect(filesAtHome()).toEqual([]);
  });

  it("refuses another wheel from pip, and keeps none of it", async () => {
    writePip(makeZip([{ name: "a", body: "1" }]));
    await expect(go()).rejects.toThrow(/is a zip archive and not a wheel; wanted .*; otherwise run 'pip download/);
    expect(filesAtHome()).toEqual([]);
  });

  it("starts no pip with DIT_BENCH_OFFLINE=1, and takes a wheel from the folder of downloads", async () => {
    writePip();
    env.DIT_BENCH_OFFLINE = "1";
    await expect(go()).rejects.toMatchObject({
      kind: "offline",
      message: `${wheelFile} is not here, and DIT_BENCH_OFFLINE forbids network access: unset it; ${advice}`,
    });
    const put = join(home, "downloads/some-engine", wheelFile);
    mkdirSync(dirname(put), { recursive: true });
    writeFileSync(put, "x");
    await expect(go()).rejects.toThrow(`wanted ${wheelFile}; remove it and run the same command again`);
    writeFileSync(put, validWheel);
    expect((await go()).already).toBe(false);
    expect(existsSync(join(programs, "runs"))).toBe(false);
  });

  it("refuses a given file that is not the wheel, with the command that downloads it", async () => {
    const from = given(Buffer.from("%PDF-1.7"));
    await expect(go(engine, { from })).rejects.toMatchObject({
      kind: "not-the-file",
      message:
        `${from} is a PDF and not a wheel; wanted ${wheelFile}; '${command}' downloads it; ` +
        "or run 'bench fetch some-engine' without --from",
    });
    expect(filesAtHome()).toEqual([]);
  });
});

describe("fetchOne of a hostile wheel whose checksum is the published one", () => {
  /** A wheel in which these entries take the place of those of the name, and the engine that needs that name. */
  const hostileWheel = (name: string, entries: readonly ZipEntry[]) => {
    const bytes = makeZip([...wheelEntries.filter((entry) => entry.name !== name), ...entries]);
    return { bytes, what: engineOf(bytes, name === wheelLibrary ? {} : { others: [name] }) };
  };
  it.each<[string, string, readonly ZipEntry[], string]>([
    ["a path out of the folder", "../evil.so", [{ name: "../evil.so", body: "x" }], "a path that climbs out"],
    ["an absolute path", "/usr/lib/evil.so", [{ name: "/usr/lib/evil.so", body: "x" }], "an absolute path"],
    ["a link", wheelLibrary, [{ name: wheelLibrary, body: "/etc/passwd", mode: 0o120777 }], "a link"],
    ["a bomb", wheelLibrary, [{ name: wheelLibrary, body: Buffer.alloc(20e6) }], "a bomb"],
    [
      "two files of one name",
      wheelLibrary,
      [
        { name: wheelLibrary, body: "1" },
        { name: wheelLibrary, body: "2" },
      ],
      "collides with",
    ],
    ["a file with a wrong checksum", wheelLibrary, [{ name: wheelLibrary, body: "x", crc: 1 }], "wrong checksum"],
  ])("refuses %s and leaves nothing", async (_, name, entries, message) => {
    const { bytes, what } = hostileWheel(name, entries);
    const from = given(bytes);
    const error = await go(what, { from }).catch((e) => e);
    expect(error).toMatchObject({ name: "ArchiveError" });
    expect(error.message).toContain(message);
    expect(filesAtHome()).toEqual([]);
    expect(existsSync(join(home, "engines/evil.so"))).toBe(false);
  });

  it("unpacks no entry that is not needed, even a hostile one", async () => {
    const bytes = makeZip([...wheelEntries, { name: "../evil.so", body: "x" }]);
    await go(engineOf(bytes), { from: given(bytes) });
    expect(filesAtHome()).toEqual(fetchedFiles);
  });

  it("refuses a wheel that lacks a needed file", async () => {
    const bytes = makeZip(wheelEntries.filter(({ name }) => name !== wheelLibrary));
    const from = given(bytes);
    await expect(go(engineOf(bytes), { from })).rejects.toMatchObject({
      kind: "not-the-file",
      message: `${from} has 2 of the 3 files that are needed`,
    });
    expect(filesAtHome()).toEqual([]);
  });
});

describe("fetchOne of an engine after an interruption", () => {
  it("leaves nothing when it is stopped while pip runs", async () => {
    writeScript(`echo part > "$TMPDIR/part"; /bin/mkdir "${programs}/started"; exec /bin/sleep 60`);
    const abort = new AbortController();
    const running = go(engine, { signal: abort.signal });
    while (!existsSync(join(programs, "started"))) await new Promise((done) => setTimeout(done, 20));
    abort.abort();
    await expect(running).rejects.toMatchObject({ kind: "interrupted" });
    expect(filesAtHome()).toEqual([]);
    writePip();
    expect((await go()).already).toBe(false);
  });

  it.each([1, 2, 3])("leaves nothing when it is stopped after %i unpacked files", async (stopAfter) => {
    const abort = new AbortController();
    const listener = { progress: (files: number) => void (files === stopAfter && abort.abort()) };
    const from = given();
    await expect(go(engine, { from, listener, signal: abort.signal })).rejects.toMatchObject({ kind: "interrupted" });
    expect(filesAtHome()).toEqual([]);
    expect((await go(engine, { from })).already).toBe(false);
  });

  it("removes what a killed process left", async () => {
    for (const left of [
      "engines/openvino-1.8.1.new",
      "engines/openvino-1.8.1.new.unpacking",
      "engines/openvino-1.8.1",
    ]) {
      mkdirSync(join(home, left, "some_provider"), { recursive: true });
      writeFileSync(join(home, left, wheelLibrary), "half");
    }
    mkdirSync(join(home, "downloads/some-engine/pip.partial"), { recursive: true });
    writeFileSync(join(home, "downloads/some-engine/pip.partial/half.whl"), "half");
    writePip();
    expect((await go()).already).toBe(false);
    expect(filesAtHome()).toEqual([`downloads/some-engine/${wheelFile}`, ...fetchedFiles]);
  });

  it("takes what another process has fetched in the meantime", async () => {
    await go(engine, { from: given() });
    renameSync(folder(), join(home, "elsewhere"));
    const note = () => existsSync(folder()) || renameSync(join(home, "elsewhere"), folder());
    expect((await go(engine, { listener: { note } })).already).toBe(true); // there is no pip: nothing was downloaded
  });

  it("refuses to start while another process fetches it", async () => {
    mkdirSync(dirname(folder()), { recursive: true });
    const lock = await tryLock(`${folder()}.lock`);
    await expect(go(engine, { from: given() })).rejects.toThrow(`process ${process.pid} is fetching it already`);
    await (lock as { release(): Promise<void> }).release();
    expect((await go(engine, { from: given() })).already).toBe(false);
  });
});
