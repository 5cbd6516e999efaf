// The note beside a file whose checksum was correct: `.FILE.checked` holds the file's size and modification time, so
// that the file is hashed again only after one of them has changed.

import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { replaceFileSync } from "./replace-file-sync.ts";

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

/** Writes the note for a file with this mark. Without write permission the file is hashed again next time. */
export function noteChecked(path: string, mark = checkMark(path)): void {
  try {
    replaceFileSync(noteOf(path), [Buffer.from(mark)]);
  } catch {} // a full disk, or a folder without write permission
}

const noteOf = (path: string): string => join(dirname(path), `.${basename(path)}.checked`);
