// Tests which names listings skip.

import { expect, it } from "vitest";
import { isIgnoredName } from "./index.ts";

it.each([
  ".DS_Store",
  ".lock",
  "lost+found",
  "LOST+FOUND",
  "found.000",
  "__MACOSX",
  "System Volume Information",
  "$RECYCLE.BIN",
  "RECYCLED",
  "Thumbs.db",
  "@eaDir",
  "@Recently-Snapshot",
  "~snapshot",
  "node_modules",
  "__pycache__",
])("isIgnoredName is true for %s", (name) => expect(isIgnoredName(name)).toBe(true));

it.each(["recycled", "Recycler", "found", "lost", "snapshot", "thumbs", "tmp", "rose.db", "玫瑰"])(
  "isIgnoredName is false for %s",
  (name) => expect(isIgnoredName(name)).toBe(false),
);
