// Tests that file names are converted to text and back without loss.

import { expect, test } from "vitest";
import { diskPath, nameText } from "./disk-name.ts";

const bytes = (...parts: (string | number)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.from([part]) : Buffer.from(part))));

test.each<[Buffer, string]>([
  [bytes("rose"), "rose"],
  [bytes("玫瑰 🌷"), "玫瑰 🌷"],
  [bytes("C:\\x"), "C:\\x"],
  [bytes("r", 0xf6, "se"), "r\\xf6se"],
  [bytes("r\\xf6se"), "r\\x5cxf6se"],
  [bytes("\\", 0xf6), "\\\\xf6"],
  [bytes("\\\\u{41}"), "\\\\x5cu{41}"],
  [bytes("a\x1b\n"), "a\\x1b\\x0a"],
  [bytes(0xe7, 0x8e, "é", 0x85), "\\xe7\\x8eé\\x85"],
  [bytes("\x85"), "\\u{85}"],
  [bytes("exe\u202egnp"), "exe\\u{202e}gnp"],
])("nameText of %s is %j, and diskPath gives the bytes back", (name, text) => {
  expect(nameText(name)).toBe(text);
  expect(Buffer.from(diskPath("in", `a/${text}`))).toEqual(Buffer.concat([Buffer.from("in/a/"), name]));
});

test("nameText gives different names different texts", () => {
  const letters = [0x5c, 0x78, 0x31, 0x62, 0x1b, 0xf6, 0x75, 0x7b, 0x7d];
  const seen = new Map<string, string>();
  for (let i = 0; i < letters.length ** 4; i++) {
    const name = Buffer.from(
      [0, 1, 2, 3].map((place) => letters[Math.floor(i / letters.length ** place) % letters.length]!),
    );
    const text = nameText(name);
    expect(seen.get(text)).toBeUndefined();
    seen.set(text, name.toString("hex"));
  }
});
