// Names that operating systems and programs create in any folder. They are never part of a dataset or of results, so
// listings of images and records skip them.

/** True for hidden names and names that operating systems create. Such files are neither read nor reported. */
export const isIgnoredName = (name: string): boolean =>
  name.startsWith(".") || systemNames.test(name) || recycleBins.test(name);

const names = [
  // file systems, macOS, Windows, Android
  "lost\\+found",
  "found\\.\\d{3}",
  "__MACOSX",
  "Network Trash Folder",
  "Temporary Items",
  "System Volume Information",
  "\\$RECYCLE\\.BIN",
  "desktop\\.ini",
  "(?:eh)?thumbs(?:_vista)?\\.db",
  "LOST\\.DIR",
  // NAS boxes: Synology, QNAP, NetApp
  "@eaDir",
  "@tmp",
  "#recycle",
  "#snapshot",
  "@Recycle",
  "@Recently-Snapshot",
  "@__thumb",
  "~snapshot",
  // Python, Node
  "__pycache__",
  "node_modules",
];
const systemNames = new RegExp(`^(?:${names.join("|")})$`, "i");

/** Recycle bins of Windows before Vista. In lower case the name may be a class, such as "recycled" waste. */
const recycleBins = /^RECYCLE[DR]$/;
