// What an entry of an archive may be called. The strictest of the systems decides, so that an archive unpacks alike everywhere.

import { ArchiveError } from "./archive-error.ts";

const mostBytes = 1024;
const mostSegmentBytes = 255; // what common file systems take
const mostDepth = 32;

/** Names that are devices on Windows, with any ending. */
const device = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\x00-\x1f\x7f\ufffd\u202a-\u202e\u2066-\u2069]/u;

/**
 * The path below the target folder that an entry's name means, "/" between its parts; "" for the folder itself. Throws
 * ArchiveError ("path") for a name that is absolute, climbs, has a drive, a device, a stream or a backslash in it, or does not fit.
 */
export function entryPath(name: string): string {
  const refuse = (why: string) => new ArchiveError("path", `entry ${JSON.stringify(name.slice(0, 200))}: ${why}`);
  if (Buffer.byteLength(name) > mostBytes) throw refuse(`a name of ${Buffer.byteLength(name)} bytes`);
  if (name === "") throw refuse("no name");
  if (unprintable.test(name)) throw refuse("characters that cannot be shown, or that are damaged");
  if (name.includes("\\")) throw refuse("a backslash");
  if (name.startsWith("/")) throw refuse("an absolute path");
  const segments = name.split("/").filter((s) => s !== "" && s !== ".");
  if (segments.length > mostDepth) throw refuse(`${segments.length} folders deep`);
  for (const segment of segments) {
    if (segment === "..") throw refuse("a path that climbs out of its folder");
    if (segment.includes(":")) throw refuse("a colon, which means a drive or a stream on Windows");
    if (device.test(segment)) throw refuse(`"${segment}" is a device on Windows`);
    if (/[. ]$/.test(segment)) throw refuse("a part that ends in a dot or a space, which Windows drops");
    if (Buffer.byteLength(segment) > mostSegmentBytes) throw refuse("a part longer than 255 bytes");
  }
  return segments.join("/");
}

/** Sees to it that no two entries mean the same file where case or the form of an accent makes no difference. */
export class TakenPaths {
  readonly #taken = new Map<string, { readonly path: string; readonly folder: boolean }>();

  /** Throws ArchiveError ("collision") where `path` is taken, lies below a file, or differs from a taken one in case alone. */
  take(path: string, folder: boolean): void {
    for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1))
      this.#one(path.slice(0, at), true, path);
    this.#one(path, folder, path);
  }

  #one(path: string, folder: boolean, entry: string): void {
    const key = path.normalize("NFC").toLowerCase();
    const before = this.#taken.get(key);
    if (before === undefined) this.#taken.set(key, { path, folder });
    else if (!(folder && before.folder && before.path === path))
      throw new ArchiveError(
        "collision",
        `entry ${JSON.stringify(entry)}: collides with ${JSON.stringify(before.path)}`,
      );
  }
}
