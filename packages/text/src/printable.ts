// Makes text from outside (file names, labels, messages of other programs) safe for terminals and records.

/** Control characters, characters that change the direction of the text after them, and lone surrogates. */
const unsafeCharacters = /[\p{Cc}\u2028-\u202e\u2066-\u2069\p{Cs}]/gu;

/**
 * Escapes line breaks and all characters that can control a terminal: ESC becomes `\x1b`, U+0085 becomes `\u{85}`. All
 * other characters, including backslashes, are unchanged. Therefore `printable(printable(text))` is `printable(text)`.
 */
export const printable = (text: string): string =>
  text.replaceAll(unsafeCharacters, (character) => {
    const code = character.codePointAt(0)!;
    return code < 0x80 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
