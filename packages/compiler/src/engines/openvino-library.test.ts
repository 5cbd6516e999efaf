// Finds made-up libraries, and refuses those that are missing, damaged, changed or of another kind.

import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CannotStart } from "./entry.ts";
import { findOpenvino, type OpenvinoManifest } from "./openvino-library.ts";
import { filesOfWheel, openvinoWheels, thisPlatform, type WheelTable } from "./openvino-wheels.ts";

const place = mkdtempSync(join(tmpdir(), "openvino-library-"));
afterAll(() => rmSync(place, { recursive: true }));

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const table: WheelTable = {
  package: "some-provider",
  version: "1.8.1",
  wheels: {
    "some-platform": {
      file: "some.whl",
      bytes: 10,
      sha256: sha256("wheel"),
      pipPlatform: "some",
      library: "lib/provider.so",
      others: ["lib/other.so"],
      unpackedBytes: 20,
    },
  },
};
const contents = { "lib/provider.so": "the provider", "lib/other.so": "another library" };

let home: string;
let folder: string;
let number = 0;
beforeEach(() => {
  home = join(place, String(number++));
  folder = join(home, "engines/openvino-1.8.1");
});

function writeLibraries(change: Partial<OpenvinoManifest> = {}): void {
  for (const [file, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const manifest: OpenvinoManifest = {
    version: 1,
    package: table.package,
    packageVersion: table.version,
    platform: "some-platform",
    wheelSha256: sha256("wheel"),
    files: Object.entries(contents).map(([file, text]) => ({ file, bytes: text.length, sha256: sha256(text) })),
    ...change,
  };
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
}

const find = (platform = "some-platform") => findOpenvino({ DIT_BENCH_HOME: home }, table, platform);
/** The reason and the advice of the error that `find` throws. */
function refusal(platform?: string): readonly [reason: string, how: string] {
  try {
    find(platform);
  } catch (error) {
    expect(error).toBeInstanceOf(CannotStart);
    return [(error as CannotStart).message, (error as CannotStart).how];
  }
  throw new Error("the library was accepted");
}
const replace = "run 'bench fetch openvino', which replaces it";

describe("findOpenvino", () => {
  it("returns the folder, the library's path and the version", () => {
    writeLibraries();
    expect(find()).toEqual({ folder, library: join(folder, "lib/provider.so"), version: "1.8.1" });
  });

  it("returns an absolute path of the library if the folder for downloads is a relative path", () => {
    writeLibraries();
    const found = findOpenvino({ DIT_BENCH_HOME: relative(process.cwd(), home) }, table, "some-platform");
    expect(found.library).toBe(join(folder, "lib/provider.so"));
  });

  it("hashes each file once, and again after its time has changed", () => {
    writeLibraries();
    const path = join(folder, "lib/other.so");
    utimesSync(path, 1000, 1000);
    find();
    expect(readdirSync(join(folder, "lib")).sort()).toEqual([
      ...[".other.so.checked", ".provider.so.checked", "other.so", "provider.so"],
    ]);
    writeFileSync(path, "a changed file!"); // of the same length: only reading it shows the difference
    utimesSync(path, 1000, 1000);
    expect(find().version).toBe("1.8.1");
    utimesSync(path, 1001, 1001);
    expect(refusal()).toEqual([
      `${path} was changed: its SHA-256 is ${sha256("a changed file!")}, wanted ${sha256("another library")}`,
      replace,
    ]);
  });

  it("refuses a folder that was not fetched, with the command that fetches it", () => {
    expect(refusal()).toEqual([`the OpenVINO provider is not in ${folder}`, "run 'bench fetch openvino'"]);
  });

  it("refuses a folder without a manifest", () => {
    mkdirSync(folder, { recursive: true });
    expect(refusal()).toEqual([`${join(folder, "manifest.json")} is missing`, replace]);
  });

  it("names another version that is here, and no unfinished one", () => {
    for (const name of ["openvino-1.7.0", "openvino-1.10.0", "openvino-1.8.1.new", "openvino-1.8.1.lock"])
      mkdirSync(join(home, "engines", name), { recursive: true });
    expect(refusal()[0]).toMatch(/ has version (1\.7\.0, 1\.10\.0|1\.10\.0, 1\.7\.0), wanted 1\.8\.1$/);
    expect(refusal()[1]).toBe("run 'bench fetch openvino'");
  });

  it("refuses a truncated file, with both sizes", () => {
    writeLibraries();
    const path = join(folder, "lib/provider.so");
    find();
    truncateSync(path, 5);
    expect(refusal()).toEqual([`${path} has 5 bytes, wanted 12`, replace]);
  });

  it.each(["lib/provider.so", "lib/other.so"])("refuses a folder without %s", (file) => {
    writeLibraries();
    rmSync(join(folder, file));
    expect(refusal()).toEqual([`${join(folder, file)} is missing`, replace]);
    mkdirSync(join(folder, file));
    expect(refusal()).toEqual([`${join(folder, file)} is missing`, replace]);
  });

  it.each([
    ["version", { packageVersion: "1.7.0" }, "version is 1.7.0, wanted 1.8.1"],
    ["platform", { platform: "other-platform" }, "platform is other-platform, wanted some-platform"],
    ["wheel", { wheelSha256: "0" }, `the SHA-256 of its wheel is 0, wanted ${sha256("wheel")}`],
  ])("refuses files of another %s", (_, change, difference) => {
    writeLibraries(change);
    expect(refusal()).toEqual([`the OpenVINO provider in ${folder} is another one: ${difference}`, replace]);
  });

  it("refuses a manifest that does not list a file of the wheel", () => {
    writeLibraries({ files: [] });
    expect(refusal()).toEqual([
      `${join(folder, "manifest.json")} does not list lib/provider.so, lib/other.so`,
      replace,
    ]);
  });

  it.each(["", "{", "null", "[]", '{"version":2}', '{"version":1,"files":[null]}'])(
    "refuses the manifest %j as damaged",
    (text) => {
      writeLibraries();
      const path = join(folder, "manifest.json");
      writeFileSync(path, text);
      expect(refusal()).toEqual([`${path} is damaged (${text.length} bytes)`, replace]);
    },
  );

  it("refuses a platform without a wheel, and names those that have one", () => {
    writeLibraries();
    expect(refusal("darwin-arm64")).toEqual([
      "there is no wheel of some-provider 1.8.1 for darwin-arm64, only for some-platform",
      "use another engine: 'bench list engines'",
    ]);
  });

  it("works in a folder without write permission", () => {
    writeLibraries();
    const note = join(folder, "lib/.provider.so.checked");
    mkdirSync(note); // in the way of the note, as a folder that cannot be written to would be
    expect(find().version).toBe("1.8.1");
    expect(statSync(note).isDirectory()).toBe(true);
  });
});

describe("the table of wheels", () => {
  it.each(Object.entries(openvinoWheels.wheels))("has a wheel of its version for %s, each file once", (_, wheel) => {
    expect(wheel.file).toBe(`onnxruntime_ep_openvino-${openvinoWheels.version}-py3-none-${wheel.pipPlatform}.whl`);
    expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/);
    const files = filesOfWheel(wheel);
    expect(new Set(files).size).toBe(files.length);
    expect(files).toContain(`onnxruntime_ep_openvino-${openvinoWheels.version}.dist-info/METADATA`);
  });
});

describe.runIf(process.platform === "linux")("thisPlatform", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("tells a system with glibc from one with musl, for which there is no wheel", () => {
    expect(thisPlatform()).toBe(`linux-${process.arch}`);
    vi.spyOn(process.report, "getReport").mockReturnValue({ header: { arch: process.arch } } as never);
    expect(thisPlatform()).toBe(`linux-${process.arch}-musl`);
    expect(() => findOpenvino({ DIT_BENCH_HOME: home })).toThrow(
      `there is no wheel of onnxruntime-ep-openvino 1.8.1 for linux-${process.arch}-musl, only for linux-x64`,
    );
  });
});
