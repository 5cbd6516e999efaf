// Finds the library of OpenVINO's execution provider that `bench fetch openvino` has unpacked, and checks its files
// before anything is loaded: a damaged native library would end the process without a message.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkMark, digestOf, type Environment, homeFolder, isChecked, noteChecked } from "@dit-bench/files";
import { CannotStart } from "./entry.ts";
import {
  describeMissingWheel,
  filesOfWheel,
  openvinoWheels,
  thisPlatform,
  type WheelTable,
} from "./openvino-wheels.ts";

export interface OpenvinoLibrary {
  /** The folder that `bench fetch openvino` has filled. */
  readonly folder: string;
  /** The absolute path of the library to register with ONNX Runtime. */
  readonly library: string;
  /** The version of the provider. */
  readonly version: string;
}

/** The file beside the unpacked files that describes them. */
export const openvinoManifestFile = "manifest.json";

/** The content of the manifest. */
export interface OpenvinoManifest {
  /** Version of the manifest's format. */
  readonly version: 1;
  readonly package: string;
  readonly packageVersion: string;
  readonly platform: string;
  /** SHA-256 of the wheel that the files come from. */
  readonly wheelSha256: string;
  /** Paths in the folder, with "/" between the segments. */
  readonly files: readonly { readonly file: string; readonly bytes: number; readonly sha256: string }[];
}

/** The folder of a version below the folder for downloads. */
export const openvinoFolder = (home: string, { version }: WheelTable = openvinoWheels): string =>
  join(home, "engines", `openvino-${version}`);

const fetchAdvice = "run 'bench fetch openvino'";
const replaceAdvice = "run 'bench fetch openvino', which replaces it";
const unusable = (reason: string, how: string) => new CannotStart(reason, how, undefined);

/**
 * The library, once each of its files has the size and the SHA-256 of the manifest. The first check hashes the files;
 * a note beside each one saves hashing it again while its size and time stay the same.
 *
 * @param table another table of wheels, for tests
 * @throws CannotStart if it was not fetched, is of another version or platform, or has a missing or changed file
 */
export function findOpenvino(
  env: Environment = process.env,
  table: WheelTable = openvinoWheels,
  platform: string = thisPlatform(),
): OpenvinoLibrary {
  const wheel = table.wheels[platform];
  if (wheel === undefined)
    throw unusable(describeMissingWheel(table, platform), "use another engine: 'bench list engines'");
  const home = homeFolder(env);
  const folder = openvinoFolder(home, table);
  const manifest = readManifest(folder);
  if (manifest === undefined) throw notFetched(home, table);
  checkOrigin(folder, manifest, table, platform);
  const unlisted = filesOfWheel(wheel).filter((file) => !manifest.files.some((listed) => listed.file === file));
  if (unlisted.length > 0)
    throw unusable(`${join(folder, openvinoManifestFile)} does not list ${unlisted.join(", ")}`, replaceAdvice);
  for (const { file, bytes, sha256 } of manifest.files) checkFile(join(folder, file), bytes, sha256);
  return { folder, library: resolve(folder, wheel.library), version: table.version };
}

/** Undefined if there is no manifest. */
function readManifest(folder: string): OpenvinoManifest | undefined {
  const path = join(folder, openvinoManifestFile);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
  try {
    const manifest: unknown = JSON.parse(text);
    if (isManifest(manifest)) return manifest;
  } catch {} // not JSON: reported below
  throw unusable(`${path} is damaged (${Buffer.byteLength(text)} bytes)`, replaceAdvice);
}

const isManifest = (value: unknown): value is OpenvinoManifest => {
  const { version, packageVersion, platform, wheelSha256, files } = (value ?? {}) as Partial<OpenvinoManifest>;
  return (
    version === 1 &&
    [packageVersion, platform, wheelSha256].every((text) => typeof text === "string") &&
    Array.isArray(files) &&
    files.every(
      (entry: Partial<OpenvinoManifest["files"][number]> | null) =>
        typeof entry?.file === "string" && typeof entry.bytes === "number" && typeof entry.sha256 === "string",
    )
  );
};

/** The error for a version that was not fetched. It names another version that is here. */
function notFetched(home: string, table: WheelTable): CannotStart {
  const folder = openvinoFolder(home, table);
  if (existsSync(folder)) return unusable(`${join(folder, openvinoManifestFile)} is missing`, replaceAdvice);
  const present = otherVersions(join(home, "engines"), table.version);
  if (present.length === 0) return unusable(`the OpenVINO provider is not in ${folder}`, fetchAdvice);
  return unusable(
    `the OpenVINO provider in ${join(home, "engines")} has version ${present.join(", ")}, wanted ${table.version}`,
    fetchAdvice,
  );
}

/** Versions that earlier or later versions of this program have fetched. */
function otherVersions(folder: string, wanted: string): string[] {
  try {
    return readdirSync(folder)
      .flatMap((name) => /^openvino-(\d+(?:\.\d+)*)$/.exec(name)?.[1] ?? [])
      .filter((version) => version !== wanted);
  } catch {
    return []; // no engine was fetched
  }
}

function checkOrigin(folder: string, manifest: OpenvinoManifest, table: WheelTable, platform: string): void {
  const found = { version: manifest.packageVersion, platform: manifest.platform, sha256: manifest.wheelSha256 };
  const wanted = { version: table.version, platform, sha256: table.wheels[platform]!.sha256 };
  const names = { version: "version", platform: "platform", sha256: "the SHA-256 of its wheel" };
  for (const key of ["version", "platform", "sha256"] as const)
    if (found[key] !== wanted[key])
      throw unusable(
        `the OpenVINO provider in ${folder} is another one: ${names[key]} is ${found[key]}, wanted ${wanted[key]}`,
        replaceAdvice,
      );
}

function checkFile(path: string, bytes: number, sha256: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) throw unusable(`${path} is missing`, replaceAdvice);
  if (found.size !== bytes) throw unusable(`${path} has ${found.size} bytes, wanted ${bytes}`, replaceAdvice);
  const mark = checkMark(path);
  if (isChecked(path, mark)) return;
  const digest = digestOf(path, "sha256");
  if (digest !== sha256)
    throw unusable(`${path} was changed: its SHA-256 is ${digest}, wanted ${sha256}`, replaceAdvice);
  noteChecked(path, mark);
}
