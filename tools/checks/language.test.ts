// Holds the writing rules: words of the field, lines of at most 120 columns, a header comment in every source file.

import { describe, expect, it } from "vitest";
import { sourceExtensions, textOf, trackedFiles } from "./files.ts";
import { words } from "./words.ts";

interface Allowed {
  /** Path or folder it holds for; "" for everywhere. */
  readonly in: string;
  /** The text that may contain the word. */
  readonly text: string;
  readonly why: string;
}
const allowed: Allowed[] = JSON.parse(textOf("tools/checks/allowed-words.json"));

/** Splits camelCase identifiers: `encodePictures` becomes `encode Pictures`. */
const split = (line: string): string => line.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/_/g, " ");

/** Generated records and measurements, lists of the words themselves, and other people's data. */
const exempt = (file: string): boolean =>
  /^(?:results\/(?!mini\/table\.md)|tools\/checks\/(?:words\.ts|allowed-words\.json|language\.test\.ts)|package-lock\.json)/.test(
    file,
  ) || /(?:\/fixtures?\/|\.test\.data\.json$|\/golden\/)/.test(file);

/** Forbidden words of one line. */
function forbidden(file: string, line: string): string[] {
  let rest = split(line);
  for (const a of allowed) {
    if (!file.startsWith(a.in)) continue;
    const at = a.text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    rest = rest.replace(new RegExp(at, "gi"), " ");
  }
  return words.filter((w) => w.pattern.test(rest)).map((w) => `'${w.pattern.exec(rest)![0]}', write: ${w.instead}`);
}

/** Only a folder's files, while that folder is being written: LANGUAGE_OF=packages/metrics,docs */
const only = process.env.LANGUAGE_OF?.split(",");
const within = (files: string[]) => files.filter((f) => !exempt(f) && (!only || only.some((o) => f.startsWith(o))));

/** Findings as text; a test's message shows so many. */
const report = (found: string[]): string =>
  found.length === 0 ? "" : [`${found.length} places`, ...found.slice(0, 200)].join("\n");

describe("the language of the repository", () => {
  it("knows a forbidden word inside an identifier, and an allowed phrase", () => {
    expect(forbidden("packages/x/src/a.ts", "const encodePictures = 1;")).toHaveLength(1);
    expect(forbidden("packages/x/src/a.ts", "// a dot product of two vectors")).toEqual([]);
    expect(forbidden("packages/x/src/a.ts", "// the product of both matrices")).toHaveLength(1);
  });

  it("uses the words of the field in source, messages and docs", () => {
    const found = within(trackedFiles(...sourceExtensions, "md", "json", "yml", "cff")).flatMap((file) =>
      textOf(file)
        .split("\n")
        .flatMap((line, i) => forbidden(file, line).map((f) => `${file}:${i + 1}: ${f}`)),
    );
    expect(report(found)).toBe("");
  });

  it("ends source lines at 120 columns", () => {
    const long = within(trackedFiles(...sourceExtensions)).flatMap((file) =>
      textOf(file)
        .split("\n")
        .flatMap((line, i) => ([...line].length > 120 ? [`${file}:${i + 1}: ${[...line].length} columns`] : [])),
    );
    expect(report(long)).toBe("");
  });

  it("wraps Markdown at 120 columns, except tables, code and lines that one link fills", () => {
    const long = within(trackedFiles("md")).flatMap((file) => {
      let code = false;
      return textOf(file)
        .split("\n")
        .flatMap((line, i) => {
          if (line.trimStart().startsWith("```")) code = !code;
          const free = code || line.trimStart().startsWith("|") || /^\s*\S*\s?\S+$/.test(line);
          return !free && [...line].length > 120 ? [`${file}:${i + 1}: ${[...line].length} columns`] : [];
        });
    });
    expect(report(long)).toBe("");
  });

  it("opens every source file with a comment that says what the file is", () => {
    const without = within(trackedFiles(...sourceExtensions)).filter((file) => {
      const first = textOf(file)
        .replace(/^#!.*\n/, "")
        .trimStart();
      return !/^(?:\/\/ \S|\/\*|# \S|""")/.test(first);
    });
    expect(report(without)).toBe("");
  });
});
