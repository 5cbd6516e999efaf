// Names that systems and programs make in people's folders. They are never part of a dataset or of results, so whoever lists
// images or records passes over them.

/** Is this a hidden name, or one that a system makes? Nothing of these is read, and nothing is reported. */
export const isPassedOver = (name: string): boolean =>
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

/** Recycle bins of old Windows versions. In small letters they may be a class, such as "recycled" waste. */
const recycleBins = /^RECYCLE[DR]$/;
