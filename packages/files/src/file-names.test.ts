// Tests that file names made from text are valid and unique.

import { describe, expect, it } from "vitest";
import { fileName, fileNames } from "./file-names.ts";

describe("fileName and fileNames", () => {
  it.each([
    ["lora-r8", "lora-r8"],
    ["mini_1.5+x", "mini_1.5+x"],
    ["mini/1", "mini-1"],
    ["difffit (norm=false)", "difffit-norm-false"],
    ["花 flowers", "花-flowers"],
    ["..", "unnamed"],
    ["/", "unnamed"],
    ["../../x", "x"],
    ["..\\..\\x", "x"],
    ["C:\\x", "C-x"],
    [".hidden", "hidden"],
    ["a\0b\n", "a-b"],
    ["x".repeat(300), "x".repeat(150)],
    ["花".repeat(300), "花".repeat(50)],
    ["हिन्दी फूल", "हिन्दी-फूल"],
    ["العربية", "العربية"],
    ["🌷", "unnamed"],
  ])("convert %j to %s", (text, name) => {
    expect(fileName(text)).toBe(name);
  });

  it("give each text a unique name, and the same name each time", () => {
    const name = fileNames();
    const texts = ["A (x)", "A x", "a-x", "/", "..", "A (x)"];
    const names = texts.map(name);
    expect(names[0]).toBe("A-x");
    expect(names[5]).toBe("A-x");
    expect(new Set(names.map((n) => n.toLowerCase())).size).toBe(5);
    for (const n of names) expect(n).toMatch(/^[\w-]+$/);
  });
});
