// The committed diagram of the packages is the one that the sources give.

import { describe, expect, it } from "vitest";
import { textOf } from "../checks/files.ts";
import { packagesIn } from "../checks/packages.ts";
import { architectureSvg } from "./draw.mjs";

describe("docs/architecture.svg", () => {
  it("is up to date; 'node tools/architecture/draw.mjs' draws it again", () => {
    expect(architectureSvg() === textOf("docs/architecture.svg")).toBe(true);
  });

  it("shows every package, with the six methods as one box", () => {
    const svg = textOf("docs/architecture.svg");
    const shown = [...svg.matchAll(/font-weight="600"[^>]*>([^<]+)</g)].map((m) => m[1]);
    expect(shown.sort()).toEqual([...packagesIn("packages"), "methods"].sort());
  });
});
