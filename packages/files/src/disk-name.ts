// Converts file names to text and back. A file name on Linux is bytes: it need not be UTF-8, and may contain control
// characters. Messages, records and fingerprints need printable text that is different for different names.

import { isUtf8 } from "node:buffer";
import { join } from "node:path";
import { printable } from "@dit-bench/text";

/**
 * Converts the bytes of a file name to text. Characters that are unsafe in a terminal are escaped in the form of
 * `printable` (`\x1b`, `\u{202e}`), a byte that is not UTF-8 as `\xf6`, and a backslash that would start such an escape
 * as `\x5c`. Other characters are unchanged.
 */
export function nameText(name: Buffer): string {
  let text = "";
  let validText = ""; // valid UTF-8 that is not escaped yet
  for (let i = 0; i < name.length; ) {
    const length = isUtf8(name.subarray(i)) ? name.length - i : characterLength(name, i);
    if (length > 0) validText += name.toString("utf8", i, i + length);
    else {
      text += `${escapeUnsafe(validText)}\\x${name.toString("hex", i, i + 1)}`;
      validText = "";
    }
    i += Math.max(1, length);
  }
  return text + escapeUnsafe(validText);
}

/**
 * Returns the path on disk of a file below `folder`. `file` consists of results of `nameText` with "/" between them.
 */
export function diskPath(folder: string, file: string): string | Buffer {
  const matches = [...file.matchAll(escapes)];
  if (matches.length === 0) return join(folder, file);
  const parts: Buffer[] = [Buffer.from(`${folder}/`)];
  let at = 0;
  for (const { 0: whole, 1: byte, 2: code, index } of matches) {
    parts.push(Buffer.from(file.slice(at, index)));
    parts.push(
      byte === undefined ? Buffer.from(String.fromCodePoint(Number.parseInt(code!, 16))) : Buffer.from(byte, "hex"),
    );
    at = index + whole.length;
  }
  return Buffer.concat([...parts, Buffer.from(file.slice(at))]);
}

const escapes = /\\x([0-9a-f]{2})|\\u\{(10[0-9a-f]{4}|[0-9a-f]{1,5})\}/g;

/** Length in bytes of the UTF-8 character at `at`; 0 if there is none. */
const characterLength = (name: Buffer, at: number): number =>
  [1, 2, 3, 4].find((n) => at + n <= name.length && isUtf8(name.subarray(at, at + n))) ?? 0;

const escapeUnsafe = (text: string): string => printable(text.replaceAll(escapes, (found) => `\\x5c${found.slice(1)}`));
