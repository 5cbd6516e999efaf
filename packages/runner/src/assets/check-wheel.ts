// Checks a wheel before it is unpacked, and describes a file that is not the wanted wheel.

import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import type { Wheel, WheelTable } from "@dit-bench/compiler";
import { ArchiveError, FetchError, readStream, readTexts } from "@dit-bench/fetch";
import { fileKind } from "@dit-bench/files";

/**
 * Throws FetchError unless the file has the SHA-256 of the wheel. The message states what the file is and what was
 * wanted. Throws FetchError ("interrupted") if the signal aborts.
 */
export async function checkWheel(path: string, table: WheelTable, wheel: Wheel, signal?: AbortSignal): Promise<void> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new FetchError("not-found", `${path}: there is no such file; wanted ${wheel.file}`);
  if (!found.isFile())
    throw new FetchError(
      "not-the-file",
      `${path} is ${found.isDirectory() ? "a folder" : "no file"}; wanted ${wheel.file}`,
    );
  const sha256 = await sha256Of(path, signal);
  if (sha256 === wheel.sha256) return;
  throw (
    notAWheel(path, wheel) ??
    (await anotherWheel(path, table, wheel)) ??
    (found.size === wheel.bytes
      ? new FetchError("wrong-checksum", `${path}: its SHA-256 is ${sha256}, wanted ${wheel.sha256}`)
      : new FetchError("wrong-size", describeSize(path, found.size, wheel)))
  );
}

async function sha256Of(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of readStream(path, { signal })) hash.update(chunk);
  } catch (error) {
    throw signal?.aborted ? new FetchError("interrupted", `${path}: stopped while its checksum was computed`) : error;
  }
  return hash.digest("hex");
}

function describeSize(path: string, bytes: number, wheel: Wheel): string {
  const what = bytes < wheel.bytes ? "is truncated" : "is not the published wheel";
  return `${path} ${what}: it has ${bytes} bytes, wanted ${wheel.bytes}`;
}

function notAWheel(path: string, wheel: Wheel): FetchError | undefined {
  const { title } = fileKind(path);
  if (title === "a zip archive") return undefined;
  return new FetchError("not-the-file", `${path} is ${title} and not a wheel; wanted ${wheel.file}`);
}

/** The error for a wheel of another package, version or platform, according to its own description. */
async function anotherWheel(path: string, table: WheelTable, wheel: Wheel): Promise<FetchError | undefined> {
  let texts: ReadonlyMap<string, string>;
  try {
    texts = await readTexts(path, (name) => /^[^/]+\.dist-info\/(METADATA|WHEEL)$/.test(name));
  } catch (error) {
    if (error instanceof ArchiveError) return undefined; // truncated or damaged: its size or checksum is reported
    throw error;
  }
  const field = (name: string) => new RegExp(`^${name}: *(.+?)\\r?$`, "m").exec([...texts.values()].join("\n"))?.[1];
  const [name, version, tag] = ["Name", "Version", "Tag"].map(field);
  if (name === undefined || version === undefined)
    return new FetchError("not-the-file", `${path} is a zip archive and not a wheel; wanted ${wheel.file}`);
  if (normalized(name) !== normalized(table.package) || version !== table.version)
    return new FetchError(
      "not-the-file",
      `${path} is the wheel of ${name} ${version}, wanted ${table.package} ${table.version}`,
    );
  const platform = tag?.split("-").at(-1);
  if (platform === undefined || platform === wheel.pipPlatform) return undefined;
  return new FetchError("not-the-file", `${path} is the wheel for ${platform}, wanted ${wheel.pipPlatform}`);
}

/** One spelling of a name: https://packaging.python.org/en/latest/specifications/name-normalization */
const normalized = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, "-");
