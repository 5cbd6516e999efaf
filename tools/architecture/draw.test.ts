// Tests that the committed diagram of the packages equals the diagram that draw.mjs makes from the sources.

import { describe, expect, it } from "vitest";
import { textOf } from "../checks/files.ts";
import { packagesIn } from "../checks/packages.ts";
import { architectureSvg } from "./draw.mjs";

describe("docs/architecture.svg", () => {
  it("equals the diagram that 'node tools/architecture/draw.mjs' draws from the sources", () => {
    expect(architectureSvg() === textOf("docs/architecture.svg")).toBe(true);
  });

  it("shows every package, with the methods as one box", () => {
    const svg = textOf("docs/architecture.svg");
    const shown = [...svg.matchAll(/font-weight="600"[^>]*>([^<]+)</g)].map((m) => m[1]);
    expect(shown.sort()).toEqual([...packagesIn("packages"), "methods"].sort());
  });
});
