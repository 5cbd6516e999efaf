// Tests how texts are compared with the records, with made-up records.

import { describe, expect, it } from "vitest";
import { checkText } from "./check.mjs";

const values: Record<string, string> = {
  "toy fid a": "22.77",
  "toy stored a": "75.1\u00a0kB",
  "toy order": "A, B and C",
  "toy row": "| 1.10 | 2.20",
  "toy table": "| x | y |\n| :-- | --: |\n| A | 22.77 |",
};

const files: Record<string, string> = {
  "log.md": "# Log\n\n## 2026-11-23: First runs\n\nFID 61.50, 1,133 images.\n\n## 2026-11-24: More\n\nFID 70.25.\n",
};

const check = (text: string, mustBind = true) =>
  checkText(text, {
    ask: async (expression) => {
      const value = values[expression];
      if (value === undefined) throw new Error(`'${expression}': source is not known`);
      return value;
    },
    readFile: (file) => files[file] ?? null,
    mustBind,
  });

const messages = async (text: string) => (await check(text)).findings.map(({ line, message }) => `${line}: ${message}`);

describe("a bound value", () => {
  it("has no finding if it is the value of the records", async () => {
    expect(await messages("FID <!-- = toy fid a -->22.77<!-- / --> of A.\n")).toEqual([]);
  });

  it("may be wrapped, and have plain spaces for non-breaking ones", async () => {
    expect(await messages("The order <!-- = toy order -->A,\nB and C<!-- / -->.\n")).toEqual([]);
    expect(await messages("It stores <!-- = toy stored a -->75.1 kB<!-- / -->.\n")).toEqual([]);
  });

  it("is found with its line if it differs", async () => {
    expect(await messages("# A\n\nFID <!-- = toy fid a -->22.78<!-- / -->.\n")).toEqual([
      "3: the text has '22.78', the records have '22.77' (toy fid a)",
    ]);
  });

  it("is found if its source is unknown", async () => {
    expect(await messages("FID <!-- = toi fid a -->22.77<!-- / -->.\n")).toEqual([
      "1: 'toi fid a': source is not known",
    ]);
  });

  it("is found if its end is missing, at the end of the text and before the next one", async () => {
    expect(await messages("FID <!-- = toy fid a -->x.\n")).toEqual([
      "1: 'toy fid a' has no end: write <!-- / --> after its value",
    ]);
    expect(await messages("a <!-- = toy order -->x\n\nb <!-- = toy fid a -->22.77<!-- / -->\n")).toEqual([
      "1: 'toy order' has no end: write <!-- / --> after its value",
    ]);
    expect(await messages("FID x<!-- / -->.\n")).toEqual([
      "1: <!-- / --> ends nothing: write <!-- = … --> before the value",
    ]);
  });

  it("is found at the start of a line, which Markdown would read as HTML", async () => {
    const message = "the line begins with a comment, so Markdown reads it as HTML: begin it with a word";
    expect(await messages("The FID is\n<!-- = toy fid a -->22.77<!-- / --> here.\n")).toEqual([`2: ${message}`]);
    expect(await messages("- <!-- = toy fid a -->22.77<!-- / --> here\n")).toEqual([`1: ${message}`]);
    expect(await messages("`a` <!-- = toy fid a -->22.77<!-- / --> here\n")).toEqual([]);
  });

  it("is ignored in code", async () => {
    const text = "`<!-- = nothing -->1<!-- / -->`\n\n    <!-- = nothing -->\n\n```\n<!-- = nothing -->1.5\n```\n";
    expect(await messages(text)).toEqual([]);
  });
});

describe("places of a bound value", () => {
  it("can be a cell of a table", async () => {
    const text = "| a | FID |\n|---|--:|\n| A | <!-- = toy fid a -->1.00<!-- / --> |\n";
    expect((await check(text)).corrected).toBe(text.replace("1.00", "22.77"));
  });

  it("can be several cells of a row", async () => {
    const text = "| a | b | c |\n|---|--:|--:|\n| A <!-- = toy row --> | 1.10 | 9.99 <!-- / --> |\n";
    const { corrected } = await check(text);
    expect(corrected).toBe(text.replace("9.99", "2.20"));
    expect(await messages(corrected)).toEqual([]);
  });

  it("can be a heading", async () => {
    const text = "## FID <!-- = toy fid a -->1.00<!-- / --> of A\n";
    expect((await check(text)).corrected).toBe("## FID <!-- = toy fid a -->22.77<!-- / --> of A\n");
  });

  it("can be a block, which is compared exactly", async () => {
    const text = `<!-- = toy table -->\n${values["toy table"]}\n<!-- / -->\n`;
    expect(await messages(text)).toEqual([]);
    expect(await messages(text.replace("| 22.77 |", "| 22.78 |"))).toEqual([
      "4: the text has '| A | 22.78 |', the records have '| A | 22.77 |' (toy table)",
    ]);
    expect(await messages(text.replace("| 22.77 |\n", "| 22.77 |\n| more |\n"))).toEqual([
      "5: the text has '| more |', the records have '' (toy table)",
    ]);
    expect((await check("<!-- = toy table -->\n<!-- / -->\n")).corrected).toBe(text);
  });

  it("must be a block if it has several lines, and a block must end on a line of its own", async () => {
    expect(await messages("The <!-- = toy table -->table<!-- / -->.\n")).toEqual([
      "1: 'toy table' has several lines: put its comments on lines of their own",
    ]);
    expect(await messages("<!-- = toy table -->\n| x | y |<!-- / -->\n")).toEqual([
      "2: 'toy table' begins a block: put <!-- / --> on a line of its own",
    ]);
  });
});

describe("writing the values", () => {
  it("changes nothing else, to the byte", async () => {
    const around = (value: string) =>
      `\uFEFF# Title \r\n\r\nA\u00a0b <!--=x-->  FID <!-- =  toy fid\r\na -->${value}<!-- / --> \t\r\nlast line, 1.5 %`;
    const { corrected, wrong } = await check(around("1"), false);
    expect(wrong).toBe(1);
    expect(corrected).toBe(around("22.77"));
  });

  it("gives a text without findings", async () => {
    const text = `a <!-- = toy fid a -->1<!-- / --> b <!-- = toy order -->C<!-- / -->
<!-- = toy table -->
| old |
<!-- / -->
`;
    const { corrected, wrong } = await check(text);
    expect(wrong).toBe(3);
    expect((await check(corrected)).findings).toEqual([]);
    expect((await check(corrected)).corrected).toBe(corrected);
  });

  it("keeps the line breaks of a text from Windows", async () => {
    const { corrected } = await check("<!-- = toy table -->\r\n<!-- / -->\r\n");
    expect(corrected).toBe(
      `<!-- = toy table -->\r\n${values["toy table"]?.replaceAll("\n", "\r\n")}\r\n<!-- / -->\r\n`,
    );
    expect((await check(corrected)).findings).toEqual([]);
  });

  it("leaves a value whose source is unknown", async () => {
    const text = "FID <!-- = toi -->1<!-- / -->\n";
    expect(await check(text, false)).toMatchObject({ wrong: 0, corrected: text });
  });
});

describe("a condition", () => {
  it("is found if it does not hold, and is not written", async () => {
    const text = "A is first. <!-- only if toy order = A, B and C -->\n";
    expect(await messages(text)).toEqual([]);
    const other = text.replace("= A, B", "= B, A");
    expect(await messages(other)).toEqual([
      "1: the text holds only if 'toy order' is 'B, A and C', the records have 'A, B and C': write it again",
    ]);
    expect((await check(other)).corrected).toBe(other);
    expect(await messages("A. <!-- only if toy order -->\n")).toEqual([
      "1: 'only if toy order' has no '=': write <!-- only if mini best = DiffFit -->",
    ]);
  });
});

describe("a comment that is no marker", () => {
  it("is found in a text that states results, since it may be a misspelt one", async () => {
    const text = "A is first. <!-- onlyif toy order = A, B and C -->\n";
    expect(await messages(text)).toEqual([
      "1: the comment 'onlyif toy order = A, B and C' is none of '= …', '/', 'only if … = …', 'from FILE HEADING' " +
        "and 'by hand DATE': correct it, or leave it out",
    ]);
    expect((await check(text, false)).findings).toEqual([]);
  });
});

describe("a number that looks like a result", () => {
  it("needs a binding in a text that states results, and nowhere else", async () => {
    const text = "FID 61.50\n";
    expect(await messages(text)).toEqual([
      "1: '61.50' has no source: bind it with <!-- = … -->61.50<!-- / -->, or name the text that it comes from with " +
        "<!-- from FILE HEADING -->",
    ]);
    expect((await check(text, false)).findings).toEqual([]);
  });

  it("may come from a section of another file, if it is there", async () => {
    expect(await messages("FID 61.5 <!-- from log.md 2026-11-23 First -->\n")).toEqual([]);
    expect(await messages("FID 61.5 <!-- from log.md -->\n")).toEqual([]);
    expect(await messages("FID 61.5 <!-- from log.md 2026-11-24 -->\n")).toEqual([
      "1: '61.5' does not occur in 'log.md 2026-11-24': correct the number or its origin",
    ]);
    expect(await messages("- FID 61.5 <!-- from log.md 2026-11-23 -->\n- FID 61.5\n")).toHaveLength(1);
  });

  it("has an origin for all lines up to a blank one if the comment has a line of its own", async () => {
    const table = "<!-- from log.md -->\n| a | b |\n|---|--:|\n| A | 61.50 |\n| B | 70.25 |\n";
    expect(await messages(table)).toEqual([]);
    expect(await messages(`${table}\nFID 61.5\n`)).toHaveLength(1);
  });

  it("may have been measured by hand on a day that the text names", async () => {
    expect(await messages("It takes 5.5 ms. <!-- by hand 2026-11-27 -->\n")).toEqual([]);
    expect(await messages("It takes 5.5 ms. <!-- by hand last week -->\n")).toEqual([
      "1: 'by hand last week' has no date: write <!-- by hand 2026-11-27 -->",
    ]);
  });

  it("is not covered by an origin that does not exist", async () => {
    expect(await messages("FID 61.5 <!-- from lag.md -->\n")).toContain(
      "1: 'lag.md' does not exist: name a file of the repository",
    );
    expect(await messages("FID 61.5 <!-- from log.md 2025-01-01 -->\n")).toContain(
      "1: 'log.md' has no heading that begins with '2025-01-01'",
    );
  });
});
