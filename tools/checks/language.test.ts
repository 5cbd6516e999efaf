// Tests the writing rules: no forbidden words, lines of at most 120 columns, a header comment in every source file.

import { describe, expect, it } from "vitest";
import { sourceExtensions, textOf, trackedFiles } from "./files.ts";
import { words } from "./words.ts";

interface Allowed {
  /** The file or folder that may contain the text; "" for the whole repository. */
  readonly in: string;
  /** The text that may contain the word. */
  readonly text: string;
  readonly why: string;
}
const allowed: Allowed[] = JSON.parse(textOf("tools/checks/allowed-words.json"));

/** Splits camelCase identifiers: `encodePictures` becomes `encode Pictures`. */
const splitIdentifiers = (line: string): string => line.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/_/g, " ");

/** True for generated records and measurements, for the lists of the words, and for data of other people. */
const isExempt = (file: string): boolean =>
  /^(?:results\/(?!mini\/table\.md)|tools\/checks\/(?:words\.ts|allowed-words\.json|language\.test\.ts)|package-lock\.json)/.test(
    file,
  ) || /(?:\/fixtures?\/|\.test\.data\.json$|\/golden\/)/.test(file);

/** Returns the forbidden words of one line, each with its replacement. */
function findForbidden(file: string, line: string): string[] {
  let uncheckedText = splitIdentifiers(line);
  for (const a of allowed) {
    if (!file.startsWith(a.in)) continue;
    const escapedText = a.text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    uncheckedText = uncheckedText.replace(new RegExp(escapedText, "gi"), " ");
  }
  return words
    .filter((w) => w.pattern.test(uncheckedText))
    .map((w) => `'${w.pattern.exec(uncheckedText)![0]}', write: ${w.instead}`);
}

/** LANGUAGE_OF=packages/metrics,docs limits the checks to these folders while somebody writes in them. */
const selectedFolders = process.env.LANGUAGE_OF?.split(",");
const checkedFiles = (files: string[]) =>
  files.filter((f) => !isExempt(f) && (!selectedFolders || selectedFolders.some((o) => f.startsWith(o))));

/** Formats findings as text: their number and the first 200, which fit into the message of a test. */
const report = (findings: string[]): string =>
  findings.length === 0 ? "" : [`${findings.length} places`, ...findings.slice(0, 200)].join("\n");

describe("the language of the repository", () => {
  it("finds a forbidden word inside an identifier, and accepts an allowed phrase", () => {
    expect(findForbidden("packages/x/src/a.ts", "const encodePictures = 1;")).toHaveLength(1);
    expect(findForbidden("packages/x/src/a.ts", "// a dot product of two vectors")).toEqual([]);
    expect(findForbidden("packages/x/src/a.ts", "// the product of both matrices")).toHaveLength(1);
  });

  it("has no forbidden words in sources, messages and docs", () => {
    const findings = checkedFiles(trackedFiles(...sourceExtensions, "md", "json", "yml", "cff")).flatMap((file) =>
      textOf(file)
        .split("\n")
        .flatMap((line, i) => findForbidden(file, line).map((f) => `${file}:${i + 1}: ${f}`)),
    );
    expect(report(findings)).toBe("");
  });

  it("ends source lines at 120 columns", () => {
    const longLines = checkedFiles(trackedFiles(...sourceExtensions)).flatMap((file) =>
      textOf(file)
        .split("\n")
        .flatMap((line, i) => ([...line].length > 120 ? [`${file}:${i + 1}: ${[...line].length} columns`] : [])),
    );
    expect(report(longLines)).toBe("");
  });

  it("wraps Markdown at 120 columns, except tables, code and lines that consist of one link", () => {
    const longLines = checkedFiles(trackedFiles("md")).flatMap((file) => {
      let isInCode = false;
      return textOf(file)
        .split("\n")
        .flatMap((line, i) => {
          if (line.trimStart().startsWith("```")) isInCode = !isInCode;
          const isExemptLine = isInCode || line.trimStart().startsWith("|") || /^\s*\S*\s?\S+$/.test(line);
          return !isExemptLine && [...line].length > 120 ? [`${file}:${i + 1}: ${[...line].length} columns`] : [];
        });
    });
    expect(report(longLines)).toBe("");
  });

  it("opens every source file with a comment that says what the file is", () => {
    const filesWithoutHeader = checkedFiles(trackedFiles(...sourceExtensions)).filter((file) => {
      const first = textOf(file)
        .replace(/^#!.*\n/, "")
        .trimStart();
      return !/^(?:\/\/ \S|\/\*|# \S|""")/.test(first);
    });
    expect(report(filesWithoutHeader)).toBe("");
  });
});
