// Checks the names of archive entries. The rules are those of the strictest operating system, so that an archive
// unpacks to the same files everywhere.

import { ArchiveError } from "./archive-error.ts";

const maxNameBytes = 1024;
const maxSegmentBytes = 255; // the limit of common file systems
const maxDepth = 32;

/** Names that are devices on Windows, with any extension. */
const deviceName = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: names with control characters are refused
const refusedCharacters = /[\x00-\x1f\x7f\ufffd\u202a-\u202e\u2066-\u2069]/u;

/**
 * Checks the name of an entry and returns its path below the target folder, with "/" between the segments. The result
 * is "" for the folder itself.
 *
 * @throws ArchiveError ("path") for a name that is absolute, contains "..", a drive, a device name, a stream or a
 *   backslash, or is too long
 */
export function entryPath(name: string): string {
  const refuse = (why: string) => new ArchiveError("path", `entry ${JSON.stringify(name.slice(0, 200))}: ${why}`);
  if (Buffer.byteLength(name) > maxNameBytes)
    throw refuse(`a name of ${Buffer.byteLength(name)} bytes, more than ${maxNameBytes}`);
  if (name === "") throw refuse("an empty name");
  if (refusedCharacters.test(name)) throw refuse("unprintable or damaged characters");
  if (name.includes("\\")) throw refuse("a backslash");
  if (name.startsWith("/")) throw refuse("an absolute path");
  const segments = name.split("/").filter((s) => s !== "" && s !== ".");
  if (segments.length > maxDepth) throw refuse(`${segments.length} segments, more than ${maxDepth}`);
  for (const segment of segments) {
    if (segment === "..") throw refuse("a path that climbs out of its folder");
    if (segment.includes(":")) throw refuse("a colon, which means a drive or a stream on Windows");
    if (deviceName.test(segment)) throw refuse(`"${segment}" is a device on Windows`);
    if (/[. ]$/.test(segment)) throw refuse("a segment that ends in a dot or a space, which Windows drops");
    if (Buffer.byteLength(segment) > maxSegmentBytes) throw refuse(`a segment longer than ${maxSegmentBytes} bytes`);
  }
  return segments.join("/");
}

/** Refuses two entries for one file on systems that ignore case or the Unicode normalization form. */
export class TakenPaths {
  readonly #taken = new Map<string, { readonly path: string; readonly folder: boolean }>();

  /** Throws ArchiveError ("collision") if `path` is taken, below a file, or differs from a taken path only in case. */
  take(path: string, folder: boolean): void {
    for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1))
      this.#takeOne(path.slice(0, at), true, path);
    this.#takeOne(path, folder, path);
  }

  #takeOne(path: string, folder: boolean, entry: string): void {
    const key = path.normalize("NFC").toLowerCase();
    const existing = this.#taken.get(key);
    if (existing === undefined) this.#taken.set(key, { path, folder });
    else if (!(folder && existing.folder && existing.path === path))
      throw new ArchiveError(
        "collision",
        `entry ${JSON.stringify(entry)}: collides with ${JSON.stringify(existing.path)}`,
      );
  }
}
