// Tests that every relative link in a Markdown file leads to a file, and every anchor to a heading.

import { existsSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { textOf, top, trackedFiles } from "./files.ts";
import { anchors, relativeLinks } from "./links.ts";

describe("relativeLinks", () => {
  it("reads links, images, references and HTML, and skips addresses, mail and code", () => {
    const markdown = [
      "[a](docs/a.md) ![b](b.png 'x') ![c](c.png \"title\") [d](https://example.org) [e](mailto:x@example.org)",
      '<img src="f.svg"> `[g](g.md)`',
      "```sh",
      "[h](h.md)",
      "```",
      "[i]: i.md#part",
    ].join("\n");
    expect(relativeLinks(markdown).sort()).toEqual(["c.png", "docs/a.md", "f.svg", "i.md#part"]);
  });
});

describe("anchors", () => {
  it("follows GitHub's rule, with a number for a repeated heading", () => {
    expect(anchors("## FID <!-- = a b -->22.77<!-- / --> of x")).toEqual(["fid-2277-of-x"]);
    expect(anchors("# What is `x`, and why?\n## A [link](y.md)\n## A link\n```\n# no heading\n```")).toEqual([
      "what-is-x-and-why",
      "a-link",
      "a-link-1",
    ]);
  });
});

describe("Markdown files", () => {
  it.each(trackedFiles("md"))("%s has only links that resolve", (file) => {
    const brokenLinks = relativeLinks(textOf(file)).filter((link) => {
      const [path, anchor] = decodeURI(link).split("#") as [string, string?];
      const target = path === "" ? file : posix.join(dirname(file).replaceAll("\\", "/"), path);
      if (!existsSync(join(top, target))) return true;
      return anchor !== undefined && target.endsWith(".md") && !anchors(textOf(target)).includes(anchor);
    });
    expect(brokenLinks).toEqual([]);
  });
});
