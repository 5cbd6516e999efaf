// Names of files as text, and back. On Linux a name is bytes: it need not be UTF-8, and it may hold control characters.
// Messages, records and fingerprints need text that is legible and safe, and two names must never become one text.

import { isUtf8 } from "node:buffer";
import { join } from "node:path";
import { printable } from "@dit-bench/text";

/**
 * The text of a name. What is unsafe in a terminal is escaped as `shown` does (`\x1b`, `\u{202e}`), a byte that is not
 * UTF-8 as `\xf6`, and a backslash that looks like the beginning of such an escapes as `\x5c`. Other names stay as they
 * are.
 */
export function nameText(name: Buffer): string {
  let text = "";
  let valid = ""; // characters that were not escaped yet
  for (let i = 0; i < name.length; ) {
    const length = isUtf8(name.subarray(i)) ? name.length - i : characterLength(name, i);
    if (length > 0) valid += name.toString("utf8", i, i + length);
    else {
      text += `${safe(valid)}\\x${name.toString("hex", i, i + 1)}`;
      valid = "";
    }
    i += Math.max(1, length);
  }
  return text + safe(valid);
}

/** The path of a file below `folder`. The parts of `file` are texts of `nameText`, with "/" between them. */
export function diskPath(folder: string, file: string): string | Buffer {
  const found = [...file.matchAll(escapes)];
  if (found.length === 0) return join(folder, file);
  const parts: Buffer[] = [Buffer.from(`${folder}/`)];
  let at = 0;
  for (const { 0: whole, 1: byte, 2: code, index } of found) {
    parts.push(Buffer.from(file.slice(at, index)));
    parts.push(
      byte === undefined ? Buffer.from(String.fromCodePoint(Number.parseInt(code!, 16))) : Buffer.from(byte, "hex"),
    );
    at = index + whole.length;
  }
  return Buffer.concat([...parts, Buffer.from(file.slice(at))]);
}

const escapes = /\\x([0-9a-f]{2})|\\u\{(10[0-9a-f]{4}|[0-9a-f]{1,5})\}/g;

/** Bytes of the character at `at`; 0 if there is none. */
const characterLength = (name: Buffer, at: number): number =>
  [1, 2, 3, 4].find((n) => at + n <= name.length && isUtf8(name.subarray(at, at + n))) ?? 0;

const safe = (text: string): string => printable(text.replaceAll(escapes, (found) => `\\x5c${found.slice(1)}`));
