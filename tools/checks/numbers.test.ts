// Tests that the numbers in all Markdown texts are those of the committed records: `npm run numbers` without --write.

import { describe, expect, it } from "vitest";
import { checkFile, markdownFiles, readText } from "../numbers/texts.mjs";

describe("Markdown files", () => {
  it.each(markdownFiles())("%s has the numbers of the records, and no result without a source", async (file) => {
    const { findings } = await checkFile(file);
    expect(findings.map(({ line, message }) => `${file}:${line}: ${message}`)).toEqual([]);
  });

  it("bind the table in the README, and the answer, the order and the costs in the findings", () => {
    expect(readText("README.md")).toContain("\n<!-- = mini published table fid rank heldOutFid copyRate ");
    for (const block of [
      "mini published answer",
      "mini rates",
      "mini steps tuned",
      "mini steps",
      "mini order",
      "paper order",
      "mini unseparated",
    ])
      expect(readText("docs/findings.md")).toContain(`<!-- = ${block} -->`);
  });
});
