// Which names listings pass over.

import { expect, it } from "vitest";
import { isPassedOver } from "./index.ts";

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
])("%s is passed over", (name) => expect(isPassedOver(name)).toBe(true));

it.each(["recycled", "Recycler", "found", "lost", "snapshot", "thumbs", "tmp", "rose.db", "玫瑰"])(
  "%s is not",
  (name) => expect(isPassedOver(name)).toBe(false),
);
