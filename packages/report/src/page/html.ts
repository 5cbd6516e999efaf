// Builds HTML in which every text is escaped, because names of methods, datasets and machines come from records that
// anybody may have written.

import { printable } from "@dit-bench/text";

/** Markup that is already safe. Only `html` and `markup` make it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Html | null | undefined | false | readonly Value[];

/**
 * A template of HTML. Texts in it are escaped; `Html` and lists of it are inserted as they are; null, undefined and
 * false give nothing.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(strings.map((part, index) => part + toMarkup(values[index])).join(""));
}

/** Declares that a text of this program, never of a record, is markup. */
export function markup(text: string): Html {
  return new Html(text);
}

/** JSON for a script element: `<` is escaped, so that no text in it can end the element or begin a comment. */
export function scriptJson(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll("<", "\\u003c"));
}

function toMarkup(value: Value): string {
  if (value === null || value === undefined || value === false) return "";
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(toMarkup).join("");
  return escapeText(String(value));
}

function escapeText(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (character) => escapes[character]!);
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
