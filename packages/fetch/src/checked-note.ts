// The note beside a file whose checksum was found right: `.FILE.checked` holds its size and modification time, so that
// it is not hashed again until one of them changes.

import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { replaceFileSync } from "@dit-bench/files";

/** Size and modification time of a file. Take it before hashing: a change during hashing then invalidates the note. */
export function checkMark(path: string): string {
  const { size, mtimeMs } = statSync(path);
  return `${size} ${mtimeMs}\n`;
}

/** True if the file with this mark was checked before. */
export function isChecked(path: string, mark = checkMark(path)): boolean {
  try {
    return readFileSync(noteOf(path), "utf8") === mark;
  } catch {
    return false;
  }
}

/** Notes that the file with this mark is right. Without write permission the file is hashed again next time. */
export function noteChecked(path: string, mark = checkMark(path)): void {
  try {
    replaceFileSync(noteOf(path), [Buffer.from(mark)]);
  } catch {} // a full disk, or a folder without write permission
}

const noteOf = (path: string): string => join(dirname(path), `.${basename(path)}.checked`);
