// Functions for files that survive crashes and concurrent processes (atomic writes, temporary names, locks), for kinds
// of files, their digests and names, and for the folder of downloads.

export { cacheFolder, type Environment, homeFolder } from "./cache-folder.ts";
export { checkMark, isChecked, noteChecked } from "./checked-note.ts";
export { diskPath, nameText } from "./disk-name.ts";
export { type FileGroup, type FileKind, fileKind, kindBytes, kindOfBytes } from "./file-kind.ts";
export { fileName, fileNames } from "./file-names.ts";
export { digestOf, hashFile } from "./hash-file.ts";
export { isIgnoredName } from "./ignored-names.ts";
export { type HeldLock, lockHolder, tryLock, waitForLock } from "./lock.ts";
export { makeFolders } from "./make-folders.ts";
export { nameFileInError } from "./name-file-in-error.ts";
export { pathBelow } from "./path-below.ts";
export { replaceFile, replaceFileWithCopy } from "./replace-file.ts";
export { replaceFileSync } from "./replace-file-sync.ts";
export { isTemporary, removeLeftovers, temporaryName } from "./temporary.ts";
export { unreadableReason } from "./unreadable-reason.ts";
export { describeWrongFile, describeWrongKind, type WantedFile } from "./wrong-file.ts";
